// The drawing board: loads a draft, keeps what is drawn on the server a moment later, names who edits, shows what is wrong.
(() => {
  'use strict';
  const vi = document.documentElement.lang !== 'en';
  const say = (own, other) => (vi ? own : other);
  const PAUSE = 1000;
  const AGAIN = 10_000;
  const SIGN_OF_LIFE = 60_000;
  const MARGIN = 16;

  class Board {
    constructor(place) {
      this.place = place;
      this.here = place.dataset.board;
      this.canvas = place.querySelector('[data-canvas]');
      this.version = 0;
      this.saved = null;
      this.timer = 0;
      this.isSaving = false;
      this.isReadOnly = false;
    }

    find(name) {
      return this.place.querySelector(`[data-${name}]`);
    }

    status(state, text) {
      this.place.dataset.state = state;
      this.find('status').textContent = text;
    }

    async ask(path, body) {
      const settings = { headers: { Accept: 'application/json' }, redirect: 'error' };
      if (body !== undefined) {
        settings.method = 'POST';
        settings.headers['X-CSRFToken'] = this.token;
        settings.headers['Content-Type'] = 'application/json';
        settings.body = JSON.stringify(body);
      }
      const response = await fetch(this.here + path, settings);
      const answer = response.status === 204 || !/json/.test(response.headers.get('Content-Type') || '') ? {} : await response.json();
      if (response.ok) return answer;
      throw Object.assign(new Error(answer.detail || String(response.status)), { status: response.status, code: answer.code });
    }

    async open() {
      const facts = await this.ask('/model');
      facts.words = JSON.parse(this.place.dataset.words);
      this.token = facts.csrf_token;
      this.version = facts.version;
      this.modeler = new window.BpmnModeler({
        container: this.canvas,
        moddleExtensions: { qt: window.DrawingBoard.extension(this.place.dataset.namespace) },
        additionalModules: [window.DrawingBoard.limits, window.DrawingBoard.sheet],
      });
      const { warnings } = await this.modeler.importXML(facts.bpmn);
      window.DrawingBoard.restore(this.modeler, warnings);
      Object.assign(this.modeler.get('sheet'), { values: facts.sheet, forms: facts.forms });
      this.modeler.get('zoomScroll').toggle(false);
      this.look();
      this.panel = new window.DrawingBoard.Panel(this.find('panel'), this.modeler, facts, {
        judge: async (source, names) => (await this.ask('/expression', { source, names }).catch(() => ({ trouble: '' }))).trouble,
        steps: () => this.steps().filter(([id]) => this.modeler.get('sheet').read('steps', id)),
        tasks: () => this.steps(),
      });
      if (facts.fault) this.find('panel').querySelector('[data-fault]').textContent = facts.fault;
      this.saved = JSON.stringify(await this.content());
      this.modeler.on('commandStack.changed', () => this.later(PAUSE));
      this.tools();
      this.status('saved', say('Đã lưu', 'Saved'));
      await this.stay(false);
      this.place.dataset.drawn = 'yes';
      await this.check();
    }

    // The whole model beside the tools, so that they lie on none of it (names of lanes stand at its left edge). Gives the scale.
    fit() {
      const canvas = this.modeler.get('canvas');
      const { inner, outer } = canvas.viewbox();
      const aside = this.canvas.querySelector('.djs-palette').offsetWidth + 2 * MARGIN;
      const scale = Math.min(1, (outer.width - aside - MARGIN) / inner.width, (outer.height - 2 * MARGIN) / inner.height);
      const height = outer.height / scale;
      canvas.viewbox({ x: inner.x - aside / scale, y: inner.y - (height - inner.height) / 2, width: outer.width / scale, height });
      return scale;
    }

    // The whole model where its words can be read, else its beginning with the small map open.
    look() {
      const canvas = this.modeler.get('canvas');
      const begin = this.modeler.get('elementRegistry').find((one) => one.type === 'bpmn:StartEvent');
      if (this.fit() >= 0.6 || !begin) return;
      canvas.zoom(0.8);
      const box = canvas.viewbox();
      canvas.viewbox({ x: begin.x - 250, y: begin.y - box.height / 3, width: box.width, height: box.height });
      this.modeler.get('minimap').open();
    }

    steps() {
      const tasks = this.modeler.get('elementRegistry').filter((one) => /:(User|Manual)?Task$/.test(one.type) && !one.labelTarget);
      return tasks.map((one) => [one.id, one.businessObject.name || one.id]);
    }

    async content() {
      const { xml } = await this.modeler.saveXML({ format: true });
      return { bpmn: xml, sheet: this.modeler.get('sheet').sent(this.modeler.getDefinitions()) };
    }

    later(pause) {
      clearTimeout(this.timer);
      if (this.isReadOnly) return;
      this.status('changed', say('Chưa lưu…', 'Not saved yet…'));
      this.timer = setTimeout(() => this.save(), pause);
    }

    async save() {
      if (this.isReadOnly) return;
      if (this.isSaving) {
        this.later(PAUSE);
        return;
      }
      this.isSaving = true;
      try {
        const content = await this.content();
        const text = JSON.stringify(content);
        if (text !== this.saved) {
          this.status('saving', say('Đang lưu…', 'Saving…'));
          const { version } = await this.ask('/model', { version: this.version, ...content });
          this.version = version;
          this.saved = text;
        }
        this.tell();
        const isSame = JSON.stringify(await this.content()) === this.saved;
        if (isSame) this.check();
        else this.later(PAUSE);
      } catch (error) {
        await this.failed(error);
      } finally {
        this.isSaving = false;
      }
    }

    tell() {
      const time = new Date().toLocaleTimeString(vi ? 'vi-VN' : 'en-GB', { hour: '2-digit', minute: '2-digit' });
      this.status('saved', say(`Đã lưu lúc ${time}`, `Saved at ${time}`));
      this.find('notice').hidden = true;
    }

    async failed(error) {
      if (error.status === 409) {
        this.status('conflict', say('Chưa lưu được', 'Not saved'));
        await this.lock(error.message);
        return;
      }
      if (error.status === 422 || error.status === 413) {
        this.status('refused', say('Chưa lưu được', 'Not saved'));
        this.notice(error.message);
        return;
      }
      if (error.status === 401) {
        this.status('signed-out', say('Phiên đã hết: bản vẽ vẫn còn ở đây, chưa lưu', 'Signed out: your drawing is still here, not saved'));
        this.notice(say('Mở trang đăng nhập ở thẻ khác rồi quay lại: bản vẽ sẽ tự lưu.', 'Sign in in another tab and come back: the drawing is saved by itself.'));
      } else this.status('offline', say('Mất kết nối: bản vẽ vẫn còn ở đây, sẽ tự lưu lại', 'No connection: your drawing is still here, trying again'));
      if (error.status === 401 || error.status === 400) {
        const facts = await this.ask('/model').catch(() => null);
        if (facts) this.token = facts.csrf_token;
      }
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), AGAIN);
    }

    notice(text) {
      this.find('notice').hidden = false;
      this.find('notice-text').textContent = text;
      this.find('notice').scrollIntoView({ block: 'nearest' });
    }

    // Somebody else edits, or did since: nothing can be changed here until it is taken over. What was drawn here and is not saved
    // may replace what is, or be carried home as a file.
    async lock(text) {
      this.isReadOnly = true;
      clearTimeout(this.timer);
      const isUnsaved = this.saved !== null && JSON.stringify(await this.content()) !== this.saved;
      this.notice(text);
      this.find('take-over').hidden = isUnsaved;
      for (const name of ['keep', 'own', 'leave-it']) this.find(name).hidden = !isUnsaved;
      this.find('panel').disabled = true;
      this.find('undo').disabled = this.find('redo').disabled = true;
      this.canvas.inert = true;
    }

    async keep() {
      try {
        const { editor, version } = await this.ask('/editor', { take_over: true });
        if (editor) return;
        this.version = version;
        this.isReadOnly = false;
        this.find('panel').disabled = false;
        this.canvas.inert = false;
        this.find('notice').hidden = true;
        await this.save();
      } catch (error) {
        await this.failed(error);
      }
    }

    async carryHome() {
      const { bpmn } = await this.content();
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([bpmn], { type: 'application/xml' }));
      link.download = `${this.here.split('/').pop()}.bpmn`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), SIGN_OF_LIFE);
    }

    leaveIt() {
      this.place.dataset.state = 'left';
      window.location.reload();
    }

    async stay(takeOver) {
      if (this.isReadOnly && !takeOver) return;
      try {
        const { editor } = await this.ask('/editor', { take_over: takeOver });
        if (takeOver) window.location.reload();
        else if (editor) await this.lock(say(`${editor} đang sửa bản dự thảo này, nên ở đây chỉ xem được.`, `${editor} is editing this draft: you can look only.`));
      } catch (error) {
        if (error.status === 409) await this.lock(error.message);
      }
    }

    isWaiting() {
      return ['offline', 'signed-out'].includes(this.place.dataset.state);
    }

    leave() {
      if (this.isReadOnly) return;
      const body = new URLSearchParams({ csrf_token: this.token });
      navigator.sendBeacon(`${this.here}/editor/release`, body);
    }

    // Looking for faults may take a while: it never holds up saving, and one look at a time is enough.
    async check() {
      this.isCheckWanted = this.isChecking;
      if (this.isChecking) return;
      this.isChecking = true;
      this.find('checking').hidden = false;
      const found = await this.ask('/model/findings').catch(() => null);
      this.isChecking = false;
      this.find('checking').hidden = true;
      if (found && found.version === this.version) window.DrawingBoard.findings(this, found);
      if (this.isCheckWanted) await this.check();
    }

    tools() {
      const stack = this.modeler.get('commandStack');
      const zoom = this.modeler.get('zoomScroll');
      const refresh = () => {
        this.find('undo').disabled = !stack.canUndo();
        this.find('redo').disabled = !stack.canRedo();
      };
      this.modeler.on('commandStack.changed', refresh);
      refresh();
      this.find('undo').addEventListener('click', () => stack.undo());
      this.find('redo').addEventListener('click', () => stack.redo());
      this.find('fit').addEventListener('click', () => this.fit());
      this.find('closer').addEventListener('click', () => zoom.stepZoom(1));
      this.find('farther').addEventListener('click', () => zoom.stepZoom(-1));
      this.find('take-over').addEventListener('click', () => this.stay(true));
      this.find('keep').addEventListener('click', () => this.keep());
      this.find('own').addEventListener('click', () => this.carryHome());
      this.find('leave-it').addEventListener('click', () => this.leaveIt());
      setInterval(() => this.stay(false), SIGN_OF_LIFE);
      document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'hidden' || this.isWaiting()) this.save();
      });
      for (const name of ['online', 'focus']) window.addEventListener(name, () => this.isWaiting() && this.save());
      window.addEventListener('pagehide', () => this.leave());
      window.addEventListener('beforeunload', (event) => {
        if (this.isWaiting() || ['changed', 'saving', 'conflict', 'refused'].includes(this.place.dataset.state)) event.preventDefault();
      });
    }
  }

  document.addEventListener('DOMContentLoaded', () => {
    const place = document.querySelector('[data-board]');
    if (!place || !window.matchMedia('(min-width: 60rem)').matches) return;
    const board = new Board(place);
    board.open().catch(() => {
      place.dataset.drawn = 'failed';
      board.status('failed', say('Không mở được mô hình', 'The model cannot be opened'));
      board.notice(say('Không vẽ được mô hình này: tệp .bpmn hỏng hoặc không có sơ đồ. Nhập lại tệp, hoặc tải lại trang.', 'This model cannot be drawn: the file is damaged or has no diagram. Import it again, or reload the page.'));
    });
  });
})();
