// The properties of what is selected, in office words. The page holds every field; here stands what each reads and writes.
window.DrawingBoard = window.DrawingBoard || {};
(() => {
  'use strict';
  const STEPS = ['bpmn:UserTask', 'bpmn:ManualTask', 'bpmn:Task'];
  const CALLS = ['bpmn:ServiceTask', 'bpmn:SendTask'];
  const EVENTS = ['signal', 'timer', 'conditional', 'error', 'escalation'];

  window.DrawingBoard.Panel = class Panel {
    constructor(place, modeler, facts, hooks) {
      Object.assign(this, { place, modeler, facts, hooks });
      this.sheet = modeler.get('sheet');
      this.modeling = modeler.get('modeling');
      this.element = null;
      const { sheetFields, modelFields, rowFields, pickerFields } = window.DrawingBoard;
      this.fields = { ...sheetFields(this), ...modelFields(this), ...rowFields(this), ...pickerFields(this) };
      modeler.on('selection.changed', ({ newSelection }) => this.show(newSelection.length === 1 ? newSelection[0] : null));
      modeler.on('commandStack.changed', () => this.show(this.element));
      place.addEventListener('change', (event) => this.take(event.target));
      place.addEventListener('input', (event) => this.judge(event.target));
      place.addEventListener('click', (event) => this.press(event.target.closest('[data-press]')));
      window.completeNames(place, (field) => this.namesFor(field));
      this.show(null);
    }

    get bo() {
      return this.element ? this.element.businessObject : null;
    }

    get definition() {
      return ((this.bo && this.bo.eventDefinitions) || [])[0] || null;
    }

    // The name of the message the selected element waits for or sends; null without one.
    message() {
      const found = this.bo.messageRef || (this.definition && this.definition.messageRef);
      return found ? found.name || found.id : null;
    }

    // How many elements of the file point to this message or signal.
    users(reference, wanted) {
      const all = this.modeler.get('elementRegistry').filter((one) => !one.labelTarget).map((one) => one.businessObject);
      return all.filter((bo) => bo[reference] === wanted || (bo.eventDefinitions || []).some((one) => one[reference] === wanted)).length;
    }

    // Questions of the form the selected step asks: [{name, label, words}].
    stepFields() {
      return this.facts.fields[this.sheet.read('steps', this.bo.id, 'form') || this.bo.id] || [];
    }

    // What conditions may read: as the forms were when the page was opened, and the first values as they are now.
    names() {
      const started = Object.keys(this.sheet.read('start', 'values') || {}).filter((name) => !this.facts.names.some((one) => one.name === name));
      return [...this.facts.names, ...started.map((name) => ({ name, label: '', words: [] }))];
    }

    // What an expression of this field may read.
    namesFor(field) {
      const known = this.fields[field.dataset.field] || {};
      const own = known.names ? known.names() : [];
      if (known.isAlone) return own;
      const answers = field.hasAttribute('data-answers') ? Object.entries(this.facts.answers).map(([name, label]) => ({ name, label, words: [] })) : [];
      const all = [...own, ...this.names(), ...answers];
      return all.filter((one, place) => all.findIndex((other) => other.name === one.name) === place);
    }

    // Which parts of the panel speak of the selected element.
    sections() {
      const bo = this.bo;
      if (!bo) return ['process'];
      const type = bo.$type;
      const found = ['common'];
      const event = this.definition ? this.definition.$type.replace('bpmn:', '').replace('EventDefinition', '').toLowerCase() : '';
      const isThrown = /Throw|EndEvent/.test(type) || type === 'bpmn:SendTask';
      if (type === 'bpmn:Lane') found.push('lane');
      if (STEPS.includes(type)) found.push('step');
      if (CALLS.includes(type)) found.push('service');
      if (type === 'bpmn:BusinessRuleTask') found.push('rule');
      if (type === 'bpmn:ScriptTask') found.push('script');
      if (type === 'bpmn:CallActivity') found.push('call');
      if (/Task|SubProcess|CallActivity|Transaction/.test(type) && !bo.triggeredByEvent) found.push('activity');
      if (bo.loopCharacteristics) found.push(bo.loopCharacteristics.$type === 'bpmn:StandardLoopCharacteristics' ? 'loop' : 'several');
      if (type === 'bpmn:SequenceFlow' && /Exclusive|Inclusive/.test(bo.sourceRef.$type)) found.push('flow');
      if (type === 'bpmn:EndEvent' && bo.$parent.$type === 'bpmn:Process') found.push('end');
      if (event === 'message' || ['bpmn:ReceiveTask', 'bpmn:SendTask'].includes(type)) found.push('message', ...(isThrown ? [] : ['caught']));
      if (isThrown && ['message', 'signal'].includes(event)) found.push('carried');
      if (EVENTS.includes(event)) found.push(event);
      const startsHandler = type === 'bpmn:StartEvent' && bo.$parent.triggeredByEvent;
      if (type === 'bpmn:ReceiveTask' || /Catch|Boundary/.test(type) || startsHandler) found.push('wait');
      return found;
    }

    show(element) {
      this.element = element && this.modeler.get('elementRegistry').get(element.id) ? element.labelTarget || element : null;
      if (this.element && ['bpmn:Collaboration', 'bpmn:Process', 'bpmn:Participant'].includes(this.bo.$type)) this.element = null;
      const shown = this.sections();
      for (const part of this.place.querySelectorAll('[data-part]')) part.hidden = !shown.includes(part.dataset.part);
      for (const field of this.place.querySelectorAll('[data-field]')) if (field.closest('[data-part]:not([hidden])')) this.fill(field);
      for (const list of this.place.querySelectorAll('[data-rows]')) if (list.closest('[data-part]:not([hidden])')) this.rows(list);
    }

    fill(field) {
      const { get, options, suggest, hidden } = this.fields[field.dataset.field];
      if (hidden) field.closest('.field').hidden = hidden();
      if (hidden && hidden()) return;
      if (options) this.offer(field, options());
      if (suggest) field.list.replaceChildren(...suggest().map(([value, label]) => new Option(label, value)));
      const value = get();
      if (field.type === 'checkbox') field.checked = field.value === 'on' ? Boolean(value) : (value || []).includes(field.value);
      else if (field !== document.activeElement || field.tagName === 'SELECT') field.value = value ?? '';
      this.complain(field, '');
      if (field.hasAttribute('data-expression') && value) this.judge(field);
    }

    offer(field, options) {
      const first = field.querySelector('option[value=""]');
      field.replaceChildren(...(first ? [first] : []), ...options.map(([value, label]) => new Option(label, value)));
      const value = this.fields[field.dataset.field].get();
      if (value && !options.some(([known]) => known === value)) field.append(new Option(value, value));
    }

    take(field) {
      if (!field.dataset.field || !this.fields[field.dataset.field].set) return;
      let value = field.value;
      if (field.type === 'checkbox' && field.value !== 'on') {
        const all = this.place.querySelectorAll(`[data-field="${field.dataset.field}"]`);
        value = [...all].filter((box) => box.checked).map((box) => box.value);
      } else if (field.type === 'checkbox') value = field.checked;
      if (!field.checkValidity()) {
        this.complain(field, field.title || field.validationMessage);
        return;
      }
      const trouble = this.fields[field.dataset.field].set(value);
      if (trouble) this.complain(field, trouble);
    }

    press(button) {
      if (button) this.fields[button.dataset.press].set(button);
    }

    complain(field, message) {
      const place = field.parentElement.querySelector('[data-trouble]') || (field.closest('[data-row]') || field).querySelector('[data-trouble]');
      if (place) place.textContent = message || '';
      if (message) field.setAttribute('aria-invalid', 'true');
      else field.removeAttribute('aria-invalid');
    }

    // An expression is read by the engine while it is typed.
    judge(field) {
      if (!field.hasAttribute('data-expression')) return;
      clearTimeout(field.judging);
      field.judging = setTimeout(async () => {
        const said = field.value.trim();
        const trouble = said ? await this.hooks.judge(said, this.namesFor(field).map((one) => one.name)) : '';
        if (field.value.trim() === said) this.complain(field, trouble || '');
      }, 400);
    }

    // Rows are drawn anew after each change; whoever stands in them goes on where they stood.
    rows(list) {
      if (!list.contains(document.activeElement)) {
        this.redraw(list);
        return;
      }
      clearTimeout(list.drawing);
      list.drawing = setTimeout(() => {
        const at = [...list.children].findIndex((row) => row.contains(document.activeElement));
        const control = at < 0 ? -1 : [...list.children[at].querySelectorAll('input, select, button')].indexOf(document.activeElement);
        this.redraw(list);
        if (at < 0) return;
        const row = list.children[Math.min(at, list.children.length - 1)];
        const again = row ? row.querySelectorAll('input, select, button')[control] : null;
        if (again) again.focus();
        else if (list.nextElementSibling) list.nextElementSibling.querySelector('button').focus();
      });
    }

    redraw(list) {
      if (!list.closest('[data-part]:not([hidden])')) return;
      const template = document.getElementById(list.dataset.template);
      list.replaceChildren(
        ...this.fields[list.dataset.rows].rows().map((row) => {
          const made = template.content.firstElementChild.cloneNode(true);
          row(made);
          return made;
        }),
      );
    }

    change(path, value) {
      if (this.sheet.values) this.sheet.change(this.element, path, value === '' || value === null ? undefined : value);
    }

    update(properties) {
      this.modeling.updateProperties(this.element, properties);
    }

    updateInner(inner, properties) {
      this.modeling.updateModdleProperties(this.element, inner, properties);
    }

    make(type, properties) {
      return this.modeler.get('bpmnFactory').create(type, properties);
    }
  };
})();
