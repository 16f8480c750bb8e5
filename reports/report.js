// Filters the findings. Without it the report shows everything.
(function () {
  'use strict';
  var box = document.getElementById('filter');
  if (!box) { return; }
  var cards = Array.prototype.slice.call(document.querySelectorAll('.finding'));
  var groups = Array.prototype.slice.call(document.querySelectorAll('.group'));
  var selects = Array.prototype.slice.call(box.querySelectorAll('select'));
  var search = box.querySelector('input');
  var shown = box.querySelector('output');
  var texts = null;

  function textOf(index) {
    if (!texts) {
      texts = cards.map(function (card) { return card.textContent.toLowerCase(); });
    }
    return texts[index];
  }

  function fits(card, index, words) {
    return selects.every(function (select) {
      return !select.value || card.getAttribute('data-' + select.getAttribute('data-by')) === select.value;
    }) && words.every(function (word) { return textOf(index).indexOf(word) >= 0; });
  }

  function apply() {
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    var count = 0;
    cards.forEach(function (card, index) {
      var fit = fits(card, index, words);
      card.hidden = !fit;
      count += fit ? 1 : 0;
    });
    groups.forEach(function (group) { group.hidden = !group.querySelector('.finding:not([hidden])'); });
    shown.textContent = count === cards.length ? '共 ' + count + ' 项' : '已筛选：显示 ' + count + ' 项，共 ' + cards.length + ' 项';
  }

  function clear() {
    selects.forEach(function (select) { select.value = ''; });
    search.value = '';
    apply();
  }

  // A link to a finding that the filter hides shows it again.
  function follow() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.hidden) {
      clear();
      target.scrollIntoView();
    }
  }

  // Short day tables are printed with the rest; in a long report they would fill hundreds of pages.
  function unfold() {
    if (cards.length > 100) { return; }
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
    waiting = setTimeout(apply, 150);
  });
  selects.forEach(function (select) { select.addEventListener('change', apply); });
  box.querySelector('button').addEventListener('click', clear);
  window.addEventListener('hashchange', follow);
  window.addEventListener('beforeprint', unfold);
  window.addEventListener('afterprint', fold);
  box.hidden = false;
  apply();
}());
