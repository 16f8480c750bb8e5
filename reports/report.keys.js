// The keyboard: / to search, j and k from finding to finding, o to open, c to clear, ? for help.
(function () {
  'use strict';
  var findings = window.auditorFindings;
  var help = document.getElementById('help');
  if (!findings || !help) { return; }
  var single = document.getElementById('single-keys');

  function openHelp() {
    if (help.showModal) { help.showModal(); } else { help.setAttribute('open', ''); }
  }

  function closeHelp() {
    if (help.close) { help.close(); } else { help.removeAttribute('open'); }
  }

  // With a Chinese input method the keys / and ? arrive under other names: their place on the keyboard tells.
  function keyOf(event) {
    if (event.key === '?') { return '?'; }
    if (event.code === 'Slash') { return event.shiftKey ? '?' : '/'; }
    return event.key.toLowerCase();
  }

  function toggle() {
    var parts = findings.list.querySelectorAll('.current details');
    var open = Array.prototype.some.call(parts, function (part) { return !part.open; });
    Array.prototype.forEach.call(parts, function (part) { part.open = open; });
  }

  var does = {
    '/': function () { findings.search.focus(); },
    '?': openHelp,
    j: function () { findings.step(1); },
    k: function () { findings.step(-1); },
    o: toggle,
    c: findings.clear
  };

  document.addEventListener('keydown', function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (typing && event.key === 'Escape') { event.target.blur(); }
    if (typing || event.ctrlKey || event.altKey || event.metaKey || help.hasAttribute('open') || !single.checked) { return; }
    var act = does[keyOf(event)];
    if (act) {
      event.preventDefault();
      act();
    }
  });
  document.getElementById('help-open').addEventListener('click', openHelp);
  document.getElementById('help-close').addEventListener('click', closeHelp);
}());
