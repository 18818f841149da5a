/** The page's only script: it filters and sorts the rows that are there, and creates nothing from data. */
export const script = `'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const table = byId('table');
  // The page of an account without users has no table.
  if (!table) return;
  const body = table.tBodies[0];
  const find = byId('find');
  const attentionOnly = byId('attention-only');
  // Only a page of several accounts has this filter.
  const account = byId('account');
  const headers = [...table.tHead.rows[0].cells];
  const stateBoxes = [...document.getElementsByName('state')];
  const stateOrder = stateBoxes.map((box) => box.value);
  const collator = new Intl.Collator('en', { numeric: true });

  const users = [...body.rows].map((row, place) => ({
    row,
    place,
    shown: true,
    state: row.dataset.state,
    attention: 'attention' in row.dataset,
    account: row.dataset.account,
    cells: [...row.cells].map((cell) => cell.textContent),
  }));
  for (const user of users) {
    user.text = user.cells.filter((_, column) => 'find' in headers[column].dataset).join(' ').toLowerCase();
  }

  // Sorting

  const comparisons = headers.map(({ dataset }, column) => ({
    text: (a, b) => collator.compare(a.cells[column], b.cells[column]),
    state: (a, b) => stateOrder.indexOf(a.state) - stateOrder.indexOf(b.state),
    number: (a, b) => (Number(a.cells[column]) || 0) - (Number(b.cells[column]) || 0),
  })[dataset.sort]);

  const ownOrder = byId('order').textContent;

  function arrange(order, description) {
    const rows = [...users].sort(order).map((user) => user.row);
    // Rows move much faster out of the document.
    const seat = document.createComment('');
    body.replaceWith(seat);
    body.append(...rows);
    seat.replaceWith(body);
    byId('order').textContent = description;
  }

  function sortBy(column) {
    const header = headers[column];
    const descending = header.getAttribute('aria-sort') === 'ascending';
    const compare = comparisons[column];
    const direction = descending ? 'descending' : 'ascending';
    // Equal rows keep the order of the page, whichever the direction.
    arrange(
      (a, b) => (descending ? compare(b, a) : compare(a, b)) || a.place - b.place,
      'Sorted by ' + header.dataset.title + ', ' + direction + '.',
    );
    for (const other of headers) other.setAttribute('aria-sort', 'none');
    header.setAttribute('aria-sort', direction);
    showReset();
  }

  headers.forEach((header, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = header.textContent;
    button.addEventListener('click', () => sortBy(column));
    header.dataset.title = button.textContent;
    header.replaceChildren(button);
    header.setAttribute('aria-sort', 'none');
  });

  // Filtering

  const number = (value) => String(value).replace(/\\B(?=(\\d{3})+$)/g, ',');
  const labelOf = (box) => box.nextElementSibling.textContent;

  function filter() {
    const words = find.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const ticked = stateBoxes.filter((box) => box.checked);
    const states = new Set(ticked.map((box) => box.value));
    let shown = 0;
    for (const user of users) {
      const matches =
        (states.size === 0 || states.has(user.state)) &&
        (!attentionOnly.checked || user.attention) &&
        (!account || account.value === '' || user.account === account.value) &&
        words.every((word) => user.text.includes(word));
      if (matches) shown += 1;
      if (matches === user.shown) continue;
      user.shown = matches;
      user.row.hidden = !matches;
    }
    byId('shown').textContent =
      number(shown) + ' of ' + number(users.length) + (users.length === 1 ? ' user' : ' users') + ' shown';
    const filters = [
      ...(ticked.length > 0 ? ['state is ' + ticked.map(labelOf).join(' or ')] : []),
      ...(attentionOnly.checked ? ['needs attention'] : []),
      ...(account && account.value !== '' ? ['account is ' + account.selectedOptions[0].textContent] : []),
      ...(words.length > 0 ? ['text has "' + words.join('" and "') + '"'] : []),
    ];
    byId('filters').textContent = filters.length > 0 ? 'Filtered: ' + filters.join('; ') + '.' : '';
    byId('filters').hidden = filters.length === 0;
    byId('none').hidden = shown > 0;
    showReset();
  }

  function showReset() {
    const sorted = headers.some((header) => header.getAttribute('aria-sort') !== 'none');
    byId('reset').hidden = byId('filters').hidden && !sorted;
  }

  function clearFilters() {
    find.value = '';
    for (const box of [...stateBoxes, attentionOnly]) box.checked = false;
    if (account) account.value = '';
    filter();
  }

  let typing;
  find.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(filter, 120);
  });
  for (const box of [...stateBoxes, attentionOnly]) box.addEventListener('change', filter);
  if (account) account.addEventListener('change', filter);

  byId('reset').addEventListener('click', () => {
    for (const header of headers) header.setAttribute('aria-sort', 'none');
    arrange((a, b) => a.place - b.place);
    clearFilters();
    find.focus();
  });

  // A link to a hidden row clears the filters.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#user-"]');
    const row = link && byId(link.hash.slice(1));
    if (row && row.hidden) clearFilters();
    // An account's name leads to its users.
    const chosen = event.target.closest('a[data-account]');
    if (chosen) {
      clearFilters();
      account.value = chosen.dataset.account;
      filter();
    }
  });

  document.documentElement.classList.add('scripted');
  byId('controls').hidden = false;
  byId('sort-hint').hidden = false;
  filter();
})();
`;
