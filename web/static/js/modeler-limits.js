// What may be drawn, and what the drawing tools are called: only what the engine runs (docs/procedures.md) is offered.
window.DrawingBoard = window.DrawingBoard || {};
(() => {
  'use strict';
  const vi = document.documentElement.lang !== 'en';

  const WORDS = {
    'Activate hand tool': 'Kéo cả bản vẽ',
    'Activate lasso tool': 'Chọn nhiều phần tử',
    'Activate create/remove space tool': 'Thêm, bớt khoảng trống',
    'Activate global connect tool': 'Nối hai phần tử',
    'Create start event': 'Vẽ điểm bắt đầu',
    'Create intermediate/boundary event': 'Vẽ sự kiện giữa chừng hoặc trên biên của bước',
    'Create end event': 'Vẽ điểm kết thúc',
    'Create gateway': 'Vẽ cổng rẽ nhánh',
    'Create user task': 'Vẽ bước người làm',
    'Create service task': 'Vẽ việc tự động',
    'Create business rule task': 'Vẽ bước hỏi bảng quyết định',
    'Create expanded sub-process': 'Vẽ quy trình con',
    'Create pool/participant': 'Vẽ khung quy trình có làn',
    'Append task': 'Thêm bước kế tiếp',
    'Append user task': 'Thêm bước người làm kế tiếp',
    'Append gateway': 'Thêm cổng rẽ nhánh kế tiếp',
    'Append end event': 'Thêm điểm kết thúc',
    'Append intermediate/boundary event': 'Thêm sự kiện kế tiếp',
    'Append receive task': 'Thêm bước nhận thông điệp',
    'Append message intermediate catch event': 'Thêm sự kiện chờ thông điệp',
    'Append timer intermediate catch event': 'Thêm sự kiện chờ hạn giờ',
    'Append conditional intermediate catch event': 'Thêm sự kiện chờ điều kiện',
    'Append signal intermediate catch event': 'Thêm sự kiện chờ tín hiệu',
    'Add text annotation': 'Thêm lời ghi chú',
    'Change element': 'Đổi loại phần tử',
    'Connect to other element': 'Nối tới phần tử khác',
    'Connect using association': 'Nối ghi chú',
    'Add lane above': 'Thêm làn phía trên',
    'Add lane below': 'Thêm làn phía dưới',
    'Divide into two lanes': 'Chia thành hai làn',
    'Divide into three lanes': 'Chia thành ba làn',
    Delete: 'Xoá',
    'Align elements': 'Căn thẳng hàng',
    'Distribute elements horizontally': 'Dàn đều theo chiều ngang',
    'Distribute elements vertically': 'Dàn đều theo chiều dọc',
    'Search in diagram': 'Tìm trong bản vẽ',
    'Toggle non-interrupting': 'Đổi ngắt, không ngắt',
    'Parallel multi-instance': 'Nhiều người cùng lúc',
    'Sequential multi-instance': 'Nhiều người lần lượt',
    Loop: 'Lặp lại',
    Task: 'Bước chung',
    'User task': 'Bước người làm',
    'Manual task': 'Bước làm ngoài máy',
    'Service task': 'Việc tự động',
    'Send task': 'Bước gửi',
    'Receive task': 'Bước nhận thông điệp',
    'Business rule task': 'Hỏi bảng quyết định',
    'Script task': 'Bước tính giá trị',
    'Call activity': 'Gọi quy trình khác',
    Transaction: 'Giao dịch',
    'Event sub-process': 'Quy trình con sự kiện',
    'Sub-process': 'Quy trình con',
    'Sub-process (collapsed)': 'Quy trình con (thu gọn)',
    'Sub-process (expanded)': 'Quy trình con (mở)',
    'Exclusive gateway': 'Cổng loại trừ: một nhánh',
    'Parallel gateway': 'Cổng song song: mọi nhánh',
    'Inclusive gateway': 'Cổng bao hàm: một hay nhiều nhánh',
    'Event-based gateway': 'Cổng sự kiện: việc nào đến trước',
    'Start event': 'Bắt đầu',
    'End event': 'Kết thúc',
    'Intermediate throw event': 'Sự kiện đánh dấu',
    'Message start event': 'Bắt đầu bằng thông điệp',
    'Timer start event': 'Bắt đầu theo giờ hẹn',
    'Conditional start event': 'Bắt đầu theo điều kiện',
    'Signal start event': 'Bắt đầu bằng tín hiệu',
    'Error start event': 'Bắt đầu khi có lỗi',
    'Escalation start event': 'Bắt đầu khi leo thang',
    'Message intermediate catch event': 'Chờ thông điệp',
    'Message intermediate throw event': 'Gửi thông điệp',
    'Timer intermediate catch event': 'Chờ hạn giờ',
    'Conditional intermediate catch event': 'Chờ điều kiện',
    'Signal intermediate catch event': 'Chờ tín hiệu',
    'Signal intermediate throw event': 'Phát tín hiệu',
    'Escalation intermediate throw event': 'Phát leo thang',
    'Link intermediate catch event': 'Chỗ nối tới',
    'Link intermediate throw event': 'Chỗ nối đi',
    'Message end event': 'Kết thúc và gửi thông điệp',
    'Signal end event': 'Kết thúc và phát tín hiệu',
    'Error end event': 'Kết thúc bằng lỗi',
    'Escalation end event': 'Kết thúc bằng leo thang',
    'Cancel end event': 'Huỷ giao dịch',
    'Terminate end event': 'Chấm dứt mọi việc còn lại',
    'Message boundary event': 'Trên biên: thông điệp',
    'Timer boundary event': 'Trên biên: hạn giờ',
    'Conditional boundary event': 'Trên biên: điều kiện',
    'Signal boundary event': 'Trên biên: tín hiệu',
    'Error boundary event': 'Trên biên: lỗi',
    'Escalation boundary event': 'Trên biên: leo thang',
    'Cancel boundary event': 'Trên biên: huỷ giao dịch',
    'Sequence flow': 'Đường thường',
    'Default flow': 'Đường mặc định',
    'Conditional flow': 'Đường có điều kiện',
    'Expanded pool/participant': 'Khung quy trình',
    'Empty pool/participant': 'Khung rỗng',
    'Open minimap': 'Mở bản đồ nhỏ',
    'Close minimap': 'Đóng bản đồ nhỏ',
    'non-interrupting': 'không ngắt',
  };

  function translate(text, values) {
    let said = text;
    if (vi) {
      const inner = /^(.+) \((non-interrupting)\)$/.exec(text);
      said = inner && WORDS[inner[1]] ? `${WORDS[inner[1]]} (không ngắt)` : WORDS[text] || text;
    }
    return said.replace(/{([^}]+)}/g, (_, name) => (values && values[name] !== undefined ? values[name] : `{${name}}`));
  }

  const NOT_DRAWN = ['create.data-object', 'create.data-store', 'create.group', 'create.task'];

  function Palette(palette, create, elementFactory) {
    const task = (type, icon, title) => {
      const start = (event) => create.start(event, elementFactory.createShape({ type }));
      return { group: 'activity', className: icon, title: translate(title), action: { dragstart: start, click: start } };
    };
    palette.registerProvider(500, {
      getPaletteEntries: () => (entries) => {
        for (const name of NOT_DRAWN) delete entries[name];
        return {
          ...entries,
          'create.user-task': task('bpmn:UserTask', 'bpmn-icon-user-task', 'Create user task'),
          'create.service-task': task('bpmn:ServiceTask', 'bpmn-icon-service-task', 'Create service task'),
          'create.rule-task': task('bpmn:BusinessRuleTask', 'bpmn-icon-business-rule-task', 'Create business rule task'),
        };
      },
    });
  }
  Palette.$inject = ['palette', 'create', 'elementFactory'];

  function Pad(contextPad, create, elementFactory, autoPlace) {
    contextPad.registerProvider(500, {
      getContextPadEntries: (element) => (entries) => {
        delete entries['append.compensation-activity'];
        if (!entries['append.append-task']) return entries;
        const shape = () => elementFactory.createShape({ type: 'bpmn:UserTask' });
        const { 'append.append-task': _former, ...others } = entries;
        return {
          ...others,
          'append.append-user-task': {
            group: 'model',
            className: 'bpmn-icon-user-task',
            title: translate('Append user task'),
            action: {
              click: () => autoPlace.append(element, shape()),
              dragstart: (event) => create.start(event, shape(), { source: element }),
            },
          },
        };
      },
    });
  }
  Pad.$inject = ['contextPad', 'create', 'elementFactory', 'autoPlace'];

  const REFUSED = /complex|ad-hoc|compensation|data-store|data-object|participant-multiplicity|cancel-activity/;

  function Menu(popupMenu) {
    popupMenu.registerProvider('bpmn-replace', 500, {
      getPopupMenuEntries: (element) => (entries) => {
        const inHandler = element.parent && element.parent.businessObject.triggeredByEvent;
        return Object.fromEntries(
          Object.entries(entries).filter(([id]) => !REFUSED.test(id) && (inHandler || !/conditional-start/.test(id))),
        );
      },
      getPopupMenuHeaderEntries: () => (entries) =>
        Object.fromEntries(Object.entries(entries).filter(([id]) => !REFUSED.test(id))),
    });
  }
  Menu.$inject = ['popupMenu'];

  window.DrawingBoard.limits = {
    __init__: ['quytrinhPalette', 'quytrinhPad', 'quytrinhMenu'],
    translate: ['value', translate],
    quytrinhPalette: ['type', Palette],
    quytrinhPad: ['type', Pad],
    quytrinhMenu: ['type', Menu],
  };

  // Our own attributes in the model, under the names the engine reads (engine/flow/metadata.py).
  window.DrawingBoard.extension = (uri) => {
    const text = (name) => ({ name, type: 'String', isAttr: true });
    return {
      name: 'quytrinh',
      prefix: 'qt',
      uri,
      xml: { tagAlias: 'lowerCase' },
      associations: [],
      types: [
        { name: 'Calling', extends: ['bpmn:Activity', 'bpmn:Event'], properties: ['capability', 'correlation'].map(text) },
        { name: 'Asking', extends: ['bpmn:BusinessRuleTask'], properties: ['decision', 'result'].map(text) },
        { name: 'Parameter', superClass: ['Element'], properties: [text('name'), text('value')] },
      ],
    };
  };
})();
