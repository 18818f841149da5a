/** What an organization's page has beside the style of an account's. */
export const organizationStyle = `
/* What could not be read: before everything else */
.blind { border-left: 0.375rem solid var(--unprotected); padding: 1.25rem 0 1.25rem 1.5rem !important; border-top: 0 !important; background: var(--panel); }
.blind h2 { color: var(--unprotected); }
.blind > p { margin-top: 0.375rem; }
.blind ul { margin-top: 1rem; padding-right: 1.5rem; }
.blind li { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 5fr); gap: 0.25rem 2rem; padding: 0.625rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.blind .place, .blind .when { display: block; color: var(--soft); font-size: 0.8125rem; }

/* The roll-up scrolls by itself where it is too wide. */
.scroll { overflow-x: auto; margin-top: 1rem; }
.scroll:focus-visible { outline-offset: 4px; }
table.roll-up { min-width: 54rem; border-collapse: collapse; }
#accounts > p { margin-top: 0.5rem; color: var(--soft); font-size: 0.875rem; }
table.roll-up th, table.roll-up tbody td { padding: 0.25rem 1rem 0.25rem 0; }
table.roll-up td, .roll-up thead th { overflow-wrap: normal; }
.roll-up small { display: block; }
.roll-up:not(.flat) .units { display: none; }
.roll-up.flat tbody th { padding-left: 0 !important; }
table.roll-up thead th { padding: 0.25rem 1rem 0.375rem 0; border-bottom: 1px solid var(--edge); vertical-align: bottom; }
.roll-up .number { text-align: right; white-space: nowrap; }
.roll-up td .mark { display: inline; padding: 0; text-indent: 0; font-weight: 600; white-space: nowrap; }
table.roll-up td:last-child { min-width: 8.5rem; }
.roll-up th:first-child { min-width: 12rem; }
table.roll-up .unit th, table.roll-up tbody .unit td { padding-top: 0.625rem; font-weight: 600; }
.roll-up .unit td[colspan] { font-weight: 400; color: var(--soft); }
.roll-up .unread th, .roll-up .unread td { color: var(--unprotected); }
.roll-up .unread small { color: inherit; }
table.roll-up .d1 { padding-left: 1.25rem; }
table.roll-up .d2 { padding-left: 2.5rem; }
table.roll-up .d3 { padding-left: 3.75rem; }
table.roll-up .d4 { padding-left: 5rem; }
table.roll-up .d5 { padding-left: 6.25rem; }

/* Controls */
.controls { align-items: start; }
select { width: 100%; min-height: 2.5rem; padding: 0.375rem 0.5rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--paper); color: var(--ink); font: inherit; }
.controls fieldset { grid-column: 1 / -1; }

#account-controls { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem; margin-top: 0.75rem; font-size: 0.875rem; }
#account-controls label { margin: 0; }
#account-controls input { width: auto; flex: 0 1 20rem; }

/* The users' table has a column more. */
.cut { margin-top: 1.5rem; max-width: 44rem; font-weight: 600; }
@media screen and (min-width: 68.01rem) {
  #table.of-accounts tr { grid-template-columns: minmax(0, 3fr) 7.75rem 8rem 9.25rem 6.25rem 5.5rem 6rem minmax(0, 2fr) minmax(0, 3fr); }
}
@media screen and (max-width: 68rem) {
  .controls fieldset { grid-column: auto; }
  .blind li { grid-template-columns: minmax(0, 1fr); }
}
@media print {
  .scroll { overflow: visible; }
  #account-controls { display: none; }
  table.roll-up { min-width: 0; table-layout: auto; }
  .blind li, .blind h2 { break-inside: avoid; }
  .roll-up .unit { break-after: avoid; }
}
`;
