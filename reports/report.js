// The list of findings: filters, search, order, links. Without a script the page shows all findings as they stand.
// They stand in a <noscript>, which a browser with scripts keeps as plain text: a card becomes elements when needed.
(function () {
  'use strict';
  var FIRST = 30, MORE = 60, WHOLE = 400, PRINTED = 1000, UNFOLDED = 100;
  var box = document.getElementById('filter');
  var source = document.getElementById('all-findings');
  if (!box || !source) { return; }
  var list = document.getElementById('list');
  var search = box.querySelector('input');
  var sort = box.querySelector('[data-sort]');
  var selects = Array.prototype.slice.call(box.querySelectorAll('[data-by]'));
  var output = box.querySelector('output');
  var end = '</article>';
  var items = source.textContent.split('<article ').slice(1).map(read);
  var byAnchor = {};
  items.forEach(function (item) { byAnchor[item.id] = item; });
  var labels = {};
  selects.forEach(function (select) {
    var names = labels[select.getAttribute('data-by')] = {};
    Array.prototype.forEach.call(select.options, function (option) { names[option.getAttribute('data-key')] = option.text; });
  });
  var shown = [];
  var drawn = 0;
  var filling = 0;

  // The first tag of a card says all that the filters ask; its values are keys, never a text from a log.
  function read(piece, index) {
    var item = { index: index, markup: piece, text: null };
    var tag = piece.slice(0, piece.indexOf('>'));
    tag.replace(/(?:data-)?([a-z]+)="([^"]*)"/g, function (_, name, value) { item[name] = value; });
    item.late = Number(item.late);
    return item;
  }

  function textOf(item) {
    if (item.text === null) {
      var markup = item.markup.slice(item.markup.indexOf('>') + 1, item.markup.lastIndexOf(end));
      markup = markup.split(/<p class="line"|<details class="days"/)[0];
      item.text = markup.replace(/<[^>]*>/g, ' ').replace(/&(#\d+|[a-z]+);/g, character).toLowerCase();
    }
    return item.text;
  }

  function character(whole, name) {
    var known = { amp: '&', lt: '<', gt: '>', quot: '"' };
    return name.charAt(0) === '#' ? String.fromCharCode(Number(name.slice(1))) : known[name] || whole;
  }

  function keyOf(select) {
    return select.selectedIndex > 0 ? select.options[select.selectedIndex].getAttribute('data-key') : null;
  }

  function order(name) {
    function byUnit(a, b) { return Number(a.unit) - Number(b.unit) || a.index - b.index; }
    function byDue(a, b) { return (a.due || '9') < (b.due || '9') ? -1 : a.due === b.due ? a.index - b.index : 1; }
    function byLate(a, b) { return b.late - a.late || a.index - b.index; }
    return { unit: byUnit, due: byDue, late: byLate }[name] || function (a, b) { return a.index - b.index; };
  }

  function groupOf(item) {
    if (sort.value === 'unit') { return labels.unit[item.unit]; }
    if (sort.value === 'due') { return item.due ? item.due.slice(0, 7) + ' 到期' : '没有到期日'; }
    if (sort.value === 'late') { return item.late ? '逾期的，由长到短' : '没有逾期日数的'; }
    return labels.severity[item.severity];
  }

  function apply() {
    var asked = selects.map(function (select) { return [select.getAttribute('data-by'), keyOf(select)]; })
      .filter(function (pair) { return pair[1] !== null; });
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    shown = items.filter(function (item) {
      return asked.every(function (pair) { return (' ' + item[pair[0]] + ' ').indexOf(' ' + pair[1] + ' ') >= 0; }) &&
        words.every(function (word) { return textOf(item).indexOf(word) >= 0; });
    }).sort(order(sort.value));
    output.textContent = shown.length === items.length ? '共 ' + items.length + ' 项'
      : '已筛选：显示 ' + shown.length + ' 项，共 ' + items.length + ' 项';
    list.textContent = '';
    drawn = 0;
    draw(FIRST);
    fill();
  }

  // Makes elements of the next cards. The markup is the page's own: every text in it was escaped when it was written.
  function draw(number) {
    var upto = Math.min(shown.length, drawn + number);
    var more = list.querySelector('.more');
    if (more) { list.removeChild(more); }
    var counts = drawn < upto ? groupSizes() : {};
    for (; drawn < upto; drawn += 1) {
      var item = shown[drawn], group = groupOf(item);
      if (drawn === 0 || groupOf(shown[drawn - 1]) !== group) {
        var heading = document.createElement('h3');
        heading.textContent = group + '　' + counts[group] + ' 项';
        list.appendChild(heading);
      }
      var made = document.createElement('template');
      made.innerHTML = '<article ' + item.markup.slice(0, item.markup.lastIndexOf(end) + end.length);
      var card = made.content.firstElementChild;
      card.tabIndex = -1;
      Array.prototype.forEach.call(card.querySelectorAll('pre'), tabulate);
      list.appendChild(card);
    }
    reach(list);
    if (drawn < shown.length) { list.appendChild(moreButton()); }
    if (!shown.length) { list.appendChild(nothing()); }
  }

  // A long report holds its tables as lines of text: one heading, then the rows, the fields divided by tabs.
  // A ditto mark for the file says that file and sheet are those of the line above.
  function tabulate(lines) {
    var table = document.createElement('table');
    table.className = 'small';
    var above = [];
    lines.textContent.split('\n').filter(Boolean).forEach(function (line, number) {
      var fields = line.split('\t');
      if (fields[3] === '〃') { fields[3] = above[3]; fields[4] = above[4]; }
      above = fields;
      var row = (number ? table.tBodies[0] || table.createTBody() : table.createTHead()).insertRow();
      fields.forEach(function (field) {
        var cell = document.createElement(number ? 'td' : 'th');
        if (!number) { cell.scope = 'col'; }
        cell.textContent = field;
        row.appendChild(cell);
      });
      if (row.cells[1].textContent === '不计') { row.className = 'off'; }
    });
    lines.parentNode.replaceChild(table, lines);
  }

  // In a narrow window wide tables scroll: the keyboard must reach them.
  function reach(part) {
    if (!window.matchMedia('(max-width: 800px)').matches) { return; }
    Array.prototype.forEach.call(part.querySelectorAll('table'), function (table) { table.tabIndex = 0; });
  }

  function groupSizes() {
    var counts = {};
    shown.forEach(function (item) { var group = groupOf(item); counts[group] = (counts[group] || 0) + 1; });
    return counts;
  }

  function moreButton() {
    var line = document.createElement('p');
    line.className = 'more';
    var button = document.createElement('button');
    button.type = 'button';
    button.textContent = '继续显示（还有 ' + (shown.length - drawn) + ' 项）';
    button.addEventListener('click', function () { draw(MORE); });
    line.appendChild(button);
    if (watcher) { watcher.disconnect(); watcher.observe(line); }
    return line;
  }

  function nothing() {
    var line = document.createElement('p');
    line.className = 'empty';
    line.textContent = '没有符合条件的发现。';
    return line;
  }

  var watcher = window.IntersectionObserver ? new IntersectionObserver(function (entries) {
    if (entries.some(function (entry) { return entry.isIntersecting; })) { draw(MORE); }
  }, { rootMargin: '800px' }) : null;

  // A list of ordinary length is filled up at once, so that the browser's own search finds everything.
  function fill() {
    clearTimeout(filling);
    if (shown.length <= WHOLE && drawn < shown.length) {
      filling = setTimeout(function () { draw(MORE); fill(); }, 0);
    }
  }

  function clear() {
    selects.forEach(function (select) { select.value = ''; });
    search.value = '';
  }

  // A filtered view is a link: #?unit=…&q=…
  function remember() {
    var parts = selects.filter(function (select) { return select.value; }).map(function (select) {
      return select.getAttribute('data-by') + '=' + encodeURIComponent(select.value);
    });
    if (search.value.trim()) { parts.push('q=' + encodeURIComponent(search.value.trim())); }
    if (sort.value) { parts.push('sort=' + sort.value); }
    history.replaceState(null, '', parts.length ? '#?' + parts.join('&') : '#findings');
  }

  function decoded(text) {
    try { return decodeURIComponent(text); } catch (error) { return text; }
  }

  function recall(query) {
    clear();
    sort.value = '';
    query.split('&').forEach(function (part) {
      var name = part.split('=')[0], value = decoded(part.slice(name.length + 1));
      selects.forEach(function (select) { if (select.getAttribute('data-by') === name) { choose(select, value); } });
      if (name === 'q') { search.value = value; }
      if (name === 'sort') { choose(sort, value); }
    });
  }

  // What a link asks for and the report does not have is not chosen, and shows as not chosen.
  function choose(select, value) {
    select.value = value;
    if (select.selectedIndex < 0) { select.value = ''; }
  }

  function follow() {
    var hash = location.hash.slice(1);
    if (hash.charAt(0) === '?') {
      recall(hash.slice(1));
      apply();
      document.getElementById('findings').scrollIntoView();
      return true;
    }
    return show(byAnchor[decoded(hash)]);
  }

  // Shows one finding; one that the filter hides clears the filter.
  function show(item) {
    if (!item) { return false; }
    if (shown.indexOf(item) < 0) { clear(); apply(); }
    var place = shown.indexOf(item);
    if (place >= drawn) { draw(place - drawn + 1); }
    var card = document.getElementById(item.id);
    var before = list.querySelector('.current');
    if (before) { before.classList.remove('current'); }
    card.classList.add('current');
    card.focus({ preventScroll: true });
    card.scrollIntoView();
    return true;
  }

  function step(by) {
    var current = list.querySelector('.current');
    var place = current ? shown.indexOf(byAnchor[current.id]) + by : 0;
    show(shown[Math.max(0, Math.min(shown.length - 1, place))]);
  }

  function changed() { apply(); remember(); }

  // Short day tables are printed with the rest; in a long report they would fill hundreds of pages.
  function unfold() {
    clearTimeout(filling);
    draw(Math.min(shown.length, PRINTED) - drawn);
    var more = list.querySelector('.more');
    if (more) { more.setAttribute('data-printed', '打印至此 ' + drawn + ' 项，其余 ' + (shown.length - drawn) + ' 项见 ledger.xlsx。'); }
    if (shown.length > UNFOLDED) { return; }
    document.querySelectorAll('details:not([open])').forEach(function (part) {
      part.open = true;
      part.setAttribute('data-unfolded', '');
    });
  }

  function fold() {
    document.querySelectorAll('details[data-unfolded]').forEach(function (part) {
      part.open = false;
      part.removeAttribute('data-unfolded');
    });
  }

  var waiting = 0;
  search.addEventListener('input', function () {
    clearTimeout(waiting);
    waiting = setTimeout(changed, 150);
  });
  selects.concat(sort).forEach(function (select) { select.addEventListener('change', changed); });
  document.getElementById('clear').addEventListener('click', function () { clear(); changed(); });
  window.addEventListener('hashchange', follow);
  window.addEventListener('beforeprint', unfold);
  window.addEventListener('afterprint', fold);
  window.auditorFindings = { step: step, clear: function () { clear(); changed(); }, search: search, list: list };
  document.getElementById('waiting').hidden = true;
  box.hidden = false;
  reach(document);
  apply();
  follow();
  box.setAttribute('data-ready', '');
  if (window.performance && performance.mark) { performance.mark('ready'); }
}());
