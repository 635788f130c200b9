// <form data-draft="step:…" data-draft-url="/drafts">: what is typed is kept on the server a moment later.
// An element with data-draft-status inside the form says so. Files and secrets are never kept.
(() => {
  'use strict';
  const PAUSE = 1200;
  const vi = document.documentElement.lang !== 'en';
  const skipped = new Set(['csrf_token', 'version', 'idempotency_key', 'next', 'typed']);

  function answersOf(form) {
    const answers = {};
    const secrets = new Set([...form.querySelectorAll('[type=password]')].map((field) => field.name));
    for (const [name, value] of new FormData(form)) {
      if (skipped.has(name) || secrets.has(name) || typeof value !== 'string') continue;
      if (!(name in answers)) answers[name] = value;
      else answers[name] = [].concat(answers[name], value);
    }
    return answers;
  }

  function say(form, text) {
    const place = form.querySelector('[data-draft-status]');
    if (place) place.textContent = text;
  }

  async function save(form) {
    const text = JSON.stringify(answersOf(form));
    if (text === form.dataset.draftSaved || form.dataset.sent) return;
    try {
      const body = new URLSearchParams({ subject: form.dataset.draft, answers: text });
      const token = form.querySelector('[name=csrf_token]').value;
      const response = await fetch(form.dataset.draftUrl || '/drafts', {
        method: 'POST',
        body,
        headers: { 'X-CSRFToken': token, Accept: 'application/json' },
        redirect: 'error',
      });
      if (response.status === 401) throw new Error('signed out');
      if (!response.ok) throw new Error(String(response.status));
      form.dataset.draftSaved = text;
      const time = new Date().toLocaleTimeString(vi ? 'vi-VN' : 'en-GB', { hour: '2-digit', minute: '2-digit' });
      say(form, vi ? `Đã lưu nháp lúc ${time}` : `Draft saved at ${time}`);
    } catch (error) {
      say(
        form,
        error.message === 'signed out'
          ? vi ? 'Phiên đã hết hạn: cứ gửi, nội dung sẽ được giữ khi đăng nhập lại.' : 'Session ended: send anyway, your words are kept while you sign in again.'
          : vi ? 'Chưa lưu được nháp, sẽ thử lại.' : 'Draft not saved yet, trying again.',
      );
    }
  }

  document.addEventListener('DOMContentLoaded', () => {
    for (const form of document.querySelectorAll('form[data-draft]')) {
      form.dataset.draftSaved = JSON.stringify(answersOf(form));
      let timer = 0;
      const later = () => {
        clearTimeout(timer);
        timer = setTimeout(() => save(form), PAUSE);
      };
      form.addEventListener('input', later);
      form.addEventListener('change', later);
      form.addEventListener('submit', () => clearTimeout(timer));
      document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'hidden') save(form);
      });
    }
  });
})();
