// Makes the pages kinder; without it everything works. It sends nothing anywhere, and loads nothing from elsewhere.
'use strict';

// The rules of a new password: each is ticked as soon as it is followed.
for (const list of document.querySelectorAll('ul[data-rules-of]')) {
  const input = document.getElementById(list.dataset.rulesOf);
  const judge = () => {
    for (const rule of list.children) {
      const met = new RegExp(rule.dataset.pattern, 'u').test(input.value);
      rule.classList.toggle('met', met);
      rule.classList.toggle('passwordCheck-valid-customizable', met);
      rule.classList.toggle('passwordCheck-notValid-customizable', !met);
      rule.querySelector('.unseen').textContent = met ? ' (done)' : ' (not yet)';
    }
  };
  input.addEventListener('input', judge);
  judge();
}

// A password can be looked at.
for (const input of document.querySelectorAll('input[type=password]')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'reveal';
  button.setAttribute('aria-controls', input.id);
  const name = (shown) => {
    input.type = shown ? 'text' : 'password';
    button.textContent = shown ? 'Hide' : 'Show';
    button.setAttribute('aria-pressed', String(shown));
    button.setAttribute('aria-label', (shown ? 'Hide' : 'Show') + ' password');
  };
  name(false);
  button.addEventListener('click', () => name(input.type === 'password'));
  input.form.addEventListener('submit', () => name(false));
  input.parentElement.classList.add('revealing');
  input.after(button);
}

// What changes while one looks at it is fetched anew, as long as somebody looks and has nothing selected.
const live = document.getElementById('live');
if (live) {
  setInterval(async () => {
    if (document.hidden || !getSelection().isCollapsed) return;
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.getElementById('live');
      if (fresh.innerHTML !== live.innerHTML) live.replaceChildren(...fresh.childNodes);
      document.body.classList.remove('gone');
    } catch {
      document.body.classList.add('gone');
    }
  }, 1000);
}
