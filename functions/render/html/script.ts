import { FORMULA, SEPARATOR } from '../report/csv.ts';

/** The page's only script: it filters, sorts and saves the rows that are there, and makes no markup from data. */
export const script = `'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const collator = new Intl.Collator('en', { numeric: true });
  const number = (value) => String(value).replace(/\\B(?=(\\d{3})+$)/g, ',');
  const wordsOf = (field) => field.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const make = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

  // The filters and the order are in the address, so that a link or a reload has them. A link to a row is not a filter.
  const filtersOf = (hash) => new URLSearchParams(hash.includes('=') ? hash.slice(1) : '');
  const address = filtersOf(location.hash);
  function remember(values) {
    for (const [name, value] of Object.entries(values)) {
      if (value) address.set(name, value);
      else address.delete(name);
    }
    const hash = '#' + address;
    if (hash === '#' ? location.hash.includes('=') : hash !== location.hash) {
      history.replaceState(null, '', hash);
    }
  }

  // Sorting

  /** Makes the headers of a table sort it. compareOf gives the comparison of a column; arrange puts the rows in order. */
  function sortable(headers, compareOf, arrange) {
    function sortBy(column, direction) {
      const header = headers[column];
      const descending = direction === 'descending';
      const compare = compareOf(column);
      for (const other of headers) if (other.dataset.sort) other.setAttribute('aria-sort', 'none');
      header.setAttribute('aria-sort', direction);
      // Equal rows keep the order of the page, whichever the direction.
      arrange(
        (a, b) => (descending ? compare(b, a) : compare(a, b)) || a.place - b.place,
        { column: header.dataset.title, direction },
      );
    }
    headers.forEach((header, column) => {
      if (!header.dataset.sort) return;
      const button = make('button', header.textContent);
      button.type = 'button';
      button.addEventListener('click', () =>
        sortBy(column, header.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending'));
      header.dataset.title = button.textContent;
      header.replaceChildren(button);
      header.setAttribute('aria-sort', 'none');
    });
    return {
      isSorted: () => headers.some((header) => /cending/.test(header.getAttribute('aria-sort'))),
      restore: (text) => {
        const [title, direction] = (text || '').split(/ (?=ascending$|descending$)/);
        const column = headers.findIndex((header) => header.dataset.title === title);
        if (column >= 0 && direction) sortBy(column, direction);
      },
      reset: () => {
        for (const header of headers) if (header.dataset.sort) header.setAttribute('aria-sort', 'none');
        arrange((a, b) => a.place - b.place, null);
      },
    };
  }

  function reorder(body, rows) {
    // Chromium 150 takes seconds to move 5,000 rows one by one.
    body.replaceChildren();
    body.append(...rows);
  }

  // The users

  function usersTable(table) {
    const body = table.tBodies[0];
    const find = byId('find');
    const attentionOnly = byId('attention-only');
    // Only a page of several accounts has this filter.
    const account = byId('account');
    const headers = [...table.tHead.rows[0].cells];
    const stateBoxes = [...document.getElementsByName('state')];
    const stateOrder = stateBoxes.map((box) => box.value);

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
      user.text = user.cells
        .filter((_, column) => 'find' in headers[column].dataset || !headers[column].dataset.sort)
        .join(' ')
        .toLowerCase();
    }

    const ownOrder = byId('order').textContent;
    const sorting = sortable(
      headers,
      (column) => headers[column].dataset.sort === 'state'
        ? (a, b) => stateOrder.indexOf(a.state) - stateOrder.indexOf(b.state)
        : (a, b) => collator.compare(a.cells[column], b.cells[column]),
      (order, by) => {
        reorder(body, [...users].sort(order).map((user) => user.row));
        byId('order').textContent = by ? 'Sorted by ' + by.column + ', ' + by.direction + '.' : ownOrder;
        remember({ sort: by && by.column + ' ' + by.direction });
        showReset();
      },
    );

    const labelOf = (box) => box.nextElementSibling.textContent;

    function filter() {
      const words = wordsOf(find);
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
      remember({
        find: words.join(' '),
        state: ticked.map((box) => box.value).join(','),
        attention: attentionOnly.checked && 'only',
        account: account && account.value,
      });
      showReset();
    }

    function showReset() {
      byId('reset').hidden = byId('filters').hidden && !sorting.isSorted();
    }

    function clearFilters() {
      find.value = '';
      for (const box of [...stateBoxes, attentionOnly]) box.checked = false;
      if (account) account.value = '';
      filter();
    }

    function restore() {
      find.value = address.get('find') || '';
      const states = (address.get('state') || '').split(',');
      for (const box of stateBoxes) box.checked = states.includes(box.value);
      attentionOnly.checked = address.has('attention');
      if (account) {
        account.value = address.get('account') || '';
        // An account that the page does not have.
        if (account.selectedIndex < 0) account.value = '';
      }
      sorting.restore(address.get('sort'));
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
      sorting.reset();
      clearFilters();
      find.focus();
    });

    // The same escaping as in --format csv: no cell is a formula (OWASP), and quotes are doubled (RFC 4180).
    const csvCell = (text) => {
      const cell = ${FORMULA}.test(text) ? "'" + text : text;
      return ${SEPARATOR}.test(cell) ? '"' + cell.replaceAll('"', '""') + '"' : cell;
    };
    byId('save').addEventListener('click', () => {
      const columns = headers.flatMap((header, column) => header.dataset.sort ? [column] : []);
      const head = [...columns.map((column) => headers[column].dataset.title), 'ARN', ...(account ? ['Account number'] : [])];
      const rows = [...body.rows].filter((row) => !row.hidden).map((row) => [
        ...columns.map((column) => row.cells[column].textContent),
        row.querySelector('code').textContent,
        ...(account ? [row.dataset.account] : []),
      ]);
      const text = [head, ...rows].map((cells) => cells.map(csvCell).join(',') + '\\r\\n').join('');
      const link = make('a', '');
      link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
      link.download = document.title + '.csv';
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });

    document.addEventListener('click', (event) => {
      // A link to a hidden row clears the filters.
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

    // The ARN of an open row can be copied. Without the clipboard it is selected.
    table.addEventListener('toggle', ({ target }) => {
      const code = target.open && target.querySelector('code');
      if (!code || target.querySelector('button')) return;
      const button = make('button', 'Copy');
      button.type = 'button';
      button.addEventListener('click', async () => {
        getSelection().selectAllChildren(code);
        try {
          await navigator.clipboard.writeText(code.textContent);
          button.textContent = 'Copied';
        } catch {
          button.textContent = 'Selected: copy it with the keyboard';
        }
      });
      code.after(' ', button);
    }, true);

    byId('controls').hidden = false;
    byId('sort-hint').hidden = false;
    byId('save').hidden = false;
    restore();
    addEventListener('hashchange', () => {
      if (!location.hash.includes('=')) return;
      const wanted = filtersOf(location.hash);
      for (const name of [...address.keys()]) address.delete(name);
      for (const [name, value] of wanted) address.set(name, value);
      restore();
    });
  }

  // The accounts of an organization

  function accountsTable(table) {
    const body = table.tBodies[0];
    const find = byId('find-account');
    const headers = [...table.tHead.rows[0].cells];
    const rows = [...body.rows].map((row, place) => ({
      row,
      place,
      isUnit: row.classList.contains('unit'),
      // A row of an account that could not be read has fewer cells: its values sort last.
      cells: [...row.cells].map((cell) => cell.textContent),
      text: row.textContent.toLowerCase(),
    }));
    const valueOf = ({ row, cells }, column) =>
      row.classList.contains('unread') && column > 0 ? '\\uffff' : cells[column];

    const sorting = sortable(
      headers,
      (column) => (a, b) => collator.compare(valueOf(a, column), valueOf(b, column)),
      (order, by) => {
        reorder(body, [...rows].sort(order).map(({ row }) => row));
        remember({ 'sort-accounts': by && by.column + ' ' + by.direction });
        filter();
      },
    );

    function filter() {
      const words = wordsOf(find);
      // Units are the headings of their accounts, in their own order only.
      const flat = words.length > 0 || sorting.isSorted();
      table.classList.toggle('flat', flat);
      let shown = 0;
      for (const one of rows) {
        const matches = one.isUnit ? !flat : words.every((word) => one.text.includes(word));
        one.row.hidden = !matches;
        if (matches && !one.isUnit) shown += 1;
      }
      const all = rows.filter(({ isUnit }) => !isUnit).length;
      byId('shown-accounts').textContent = number(shown) + ' of ' + number(all) + (all === 1 ? ' account' : ' accounts') + ' shown';
      byId('reset-accounts').hidden = !flat;
      remember({ accounts: words.join(' ') });
    }

    find.addEventListener('input', filter);
    byId('reset-accounts').addEventListener('click', () => {
      find.value = '';
      sorting.reset();
      find.focus();
    });
    byId('account-controls').hidden = false;
    find.value = address.get('accounts') || '';
    sorting.restore(address.get('sort-accounts'));
    filter();
  }

  document.documentElement.classList.add('scripted');
  // The page of an account without users has no table.
  const accounts = byId('accounts-table');
  if (accounts) accountsTable(accounts);
  const users = byId('table');
  if (users) usersTable(users);
})();
`;
