// The properties of what is selected, in office words. The page holds every field; here stands what each reads and writes.
window.DrawingBoard = window.DrawingBoard || {};
(() => {
  'use strict';
  const STEPS = ['bpmn:UserTask', 'bpmn:ManualTask', 'bpmn:Task'];
  const CALLS = ['bpmn:ServiceTask', 'bpmn:SendTask'];

  window.DrawingBoard.Panel = class Panel {
    constructor(place, modeler, facts, hooks) {
      Object.assign(this, { place, modeler, facts, hooks });
      this.sheet = modeler.get('sheet');
      this.modeling = modeler.get('modeling');
      this.element = null;
      this.fields = { ...window.DrawingBoard.sheetFields(this), ...window.DrawingBoard.modelFields(this) };
      modeler.on('selection.changed', ({ newSelection }) => this.show(newSelection.length === 1 ? newSelection[0] : null));
      modeler.on('commandStack.changed', () => this.show(this.element));
      place.addEventListener('change', (event) => this.take(event.target));
      place.addEventListener('input', (event) => this.judge(event.target));
      place.addEventListener('click', (event) => this.press(event.target.closest('[data-press]')));
      this.show(null);
    }

    get bo() {
      return this.element ? this.element.businessObject : null;
    }

    get definition() {
      return ((this.bo && this.bo.eventDefinitions) || [])[0] || null;
    }

    // Which parts of the panel speak of the selected element.
    sections() {
      const bo = this.bo;
      if (!bo) return ['process'];
      const type = bo.$type;
      const found = ['common'];
      if (type === 'bpmn:Lane') found.push('lane');
      if (STEPS.includes(type)) found.push('step');
      if (CALLS.includes(type)) found.push('service');
      if (type === 'bpmn:BusinessRuleTask') found.push('rule');
      if (type === 'bpmn:ScriptTask') found.push('script');
      if (type === 'bpmn:CallActivity') found.push('call');
      if (bo.loopCharacteristics) found.push(bo.loopCharacteristics.$type === 'bpmn:StandardLoopCharacteristics' ? 'loop' : 'several');
      if (type === 'bpmn:SequenceFlow' && /Exclusive|Inclusive/.test(bo.sourceRef.$type)) found.push('flow');
      if (type === 'bpmn:EndEvent' && bo.$parent.$type === 'bpmn:Process') found.push('end');
      const event = this.definition ? this.definition.$type.replace('bpmn:', '').replace('EventDefinition', '').toLowerCase() : '';
      if (event === 'message' || type === 'bpmn:ReceiveTask') found.push('message');
      if (['signal', 'timer', 'conditional', 'error', 'escalation'].includes(event)) found.push(event);
      if (type === 'bpmn:ReceiveTask' || /Catch|Boundary/.test(type)) found.push('wait');
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
      const { get, options } = this.fields[field.dataset.field];
      if (options) this.offer(field, options());
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
      const place = field.parentElement.querySelector('[data-trouble]');
      if (place) place.textContent = message;
      field.toggleAttribute('aria-invalid', Boolean(message));
    }

    // An expression is read by the engine while it is typed.
    judge(field) {
      if (!field.hasAttribute('data-expression')) return;
      clearTimeout(field.judging);
      field.judging = setTimeout(async () => {
        const said = field.value.trim();
        const trouble = said ? await this.hooks.judge(said) : '';
        if (field.value.trim() === said) this.complain(field, trouble || '');
      }, 400);
    }

    rows(list) {
      const { rows } = this.fields[list.dataset.rows];
      if (list.contains(document.activeElement)) return;
      const template = document.getElementById(list.dataset.template);
      list.replaceChildren(
        ...rows().map((row) => {
          const made = template.content.firstElementChild.cloneNode(true);
          row(made);
          return made;
        }),
      );
    }

    change(path, value) {
      this.sheet.change(this.element, path, value === '' || value === null ? undefined : value);
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
