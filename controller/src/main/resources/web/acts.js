// Action buttons. They ask for the token once per tab.
import { Component, h } from '/assets/preact.js';
import { live } from '/assets/live.js';

const KEY = 'blkwarden-token';

const post = async (path, body, token) => {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status === 401) sessionStorage.removeItem(KEY);
  try {
    return { ok: answer.ok, text: JSON.parse(text).detail };
  } catch {
    return { ok: answer.ok, text: text.trim() };
  }
};

let said = null;

/** The result of the last action; shown on the page, because the button's row may be gone. */
export const Said = () => said
  && h('div', { class: `said ${said.ok ? 'good' : 'bad'}`, role: 'status' }, said.text);

/**
 * A button that asks for token, name and reason, and sends the action. Hidden if HTTP actions are disabled.
 * choice: { name, label, of: [[text, number]] } is an additional field of the body.
 */
export class Act extends Component {
  constructor() {
    super();
    this.state = { asking: false };
  }

  componentDidUpdate() {
    const dialog = this.base?.querySelector?.('dialog');
    if (dialog && !dialog.open) dialog.showModal();
  }

  async send(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const token = form.get('token') || sessionStorage.getItem(KEY) || '';
    sessionStorage.setItem(KEY, token);
    const { choice } = this.props;
    const body = { ...this.props.body, by: form.get('by'), reason: form.get('reason'),
      ...(choice && { [choice.name]: Number(form.get(choice.name)) }) };
    this.setState({ asking: false });
    let came;
    try {
      came = await post(this.props.path, body, token);
    } catch {
      came = { ok: false, text: 'No response from the controller. Check that it is running.' };
    }
    said = came;
    setTimeout(() => { if (said === came) said = null; }, 8000);
  }

  render({ name, what, danger, choice }, { asking }) {
    if (!live.state?.actions) return null;
    const known = sessionStorage.getItem(KEY);
    const close = () => this.setState({ asking: false });
    return h('span', null,
      h('button', {
        class: `act ${danger ? 'danger' : ''}`, type: 'button', 'aria-label': `${name} ${what}`,
        onClick: () => this.setState({ asking: true }),
      }, name),
      asking && h('dialog', { onClose: close },
        h('form', { onSubmit: (event) => this.send(event) },
          h('b', null, `${name} ${what}?`),
          h('label', null, known ? 'Token (already entered in this tab)' : 'Token (from --http-token-file)',
            h('input', { name: 'token', type: 'password', autocomplete: 'off', required: !known })),
          choice && h('label', null, choice.label, h('select', { name: choice.name },
            choice.of.map(([text, value]) => h('option', { key: value, value }, text)))),
          h('label', null, 'Your name', h('input', { name: 'by', required: true, maxLength: 100 })),
          h('label', null, 'Reason', h('input', { name: 'reason', required: true, maxLength: 500 })),
          h('div', { class: 'row' },
            h('button', { class: 'act', type: 'submit' }, name),
            h('button', { class: 'act', type: 'button', onClick: close }, 'Cancel')))));
  }
}
