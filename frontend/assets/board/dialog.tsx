// One dialog at a time, for everything: fields and a button, or a body of its own. It is the browser's own <dialog>, so
// Escape closes it, and nothing behind it can be reached meanwhile.
import { signal } from "@preact/signals";
import { Component, createRef } from "preact";

import { Answers, dialog, typed, type Ask, type Field } from "./room";
import { settle } from "./focusing";
import { live } from "./live";
import { say } from "./words";

const FILTERED_FROM = 8;


export const Dialogs = live(() => {
  const open = dialog.value;
  return open ? <Dialog key={open.at!} made={open} /> : null;
});

interface Shown {
  intro: readonly string[] | null;
  fault: string;
  sentence: string;
}

class Dialog extends Component<{ made: Ask }, Shown> {
  box = createRef<HTMLDialogElement>();
  form = createRef<HTMLFormElement>();
  before: Element | null = null;
  sent = false;
  override state: Shown = { intro: [], fault: "", sentence: "" };

  override componentDidMount(): void {
    const { intro } = this.props.made;
    this.before = document.activeElement;
    filter.value = "";
    if (Array.isArray(intro)) this.setState({ intro });
    else if (intro) {
      this.setState({ intro: null });
      void intro.then((told) => this.setState({ intro: told }));
    }
    this.box.current?.showModal();
    // Among radios the keyboard begins on the one that is chosen.
    this.form.current?.querySelector<HTMLElement>("[type=radio]:checked")?.focus();
  }
  override componentWillUnmount(): void {
    const { keep, fields } = this.props.made;
    if (keep && !this.sent && this.form.current) typed.set(keep, answersOf(this.form.current, fields ?? []).one);
    this.box.current?.close();
    settle(this.before);
  }
  close = (): void => {
    if (dialog.value === this.props.made) dialog.value = null;
  };
  submit = (event: Event): void => {
    event.preventDefault();
    const { made } = this.props;
    const form = this.form.current;
    if (!form) return;
    const { one, several } = answersOf(form, made.fields ?? []);
    for (const field of made.fields ?? []) {
      const sentence = faultOf(field, one[field.name] ?? "", several[field.name]);
      if (!sentence) continue;
      this.setState({ fault: field.name, sentence });
      form.querySelector<HTMLElement>(`[name="${field.name}"]`)?.focus();
      return;
    }
    this.sent = true;
    if (made.keep) typed.delete(made.keep);
    made.done?.(new Answers(one, several));
    this.close();
  };

  override render({ made }: { made: Ask }, { intro, fault, sentence }: Shown) {
    return (
      <dialog ref={this.box} class="gt-dialog gt-ask" aria-labelledby="ask-title" onClose={this.close}>
        <form ref={this.form} onSubmit={this.submit} noValidate>
          <h2 class="govuk-heading-m" id="ask-title">{made.title}</h2>
          <div aria-live="polite">
            {(intro ?? [say("asking_server")]).map((line) => <p class="govuk-body" key={line}>{line}</p>)}
          </div>
          {made.body?.()}
          {made.fields?.map((field) => (
            <Control key={field.name} field={field} kept={made.keep ? typed.get(made.keep)?.[field.name] : undefined} fault={fault === field.name ? sentence : ""} />
          ))}
          <div class="govuk-button-group">
            {made.submit && <button class={`govuk-button${made.danger ? " govuk-button--warning" : ""}`}>{made.submit}</button>}
            <button type="button" class="govuk-button govuk-button--secondary" autoFocus={!!made.danger} onClick={this.close}>
              {say(made.submit ? "cancel" : "close")}
            </button>
          </div>
        </form>
      </dialog>
    );
  }
}

function answersOf(form: HTMLFormElement, fields: readonly Field[]) {
  const data = new FormData(form);
  const one: Record<string, string> = {};
  const several: Record<string, string[]> = {};
  for (const { name, kind } of fields) {
    if (kind === "checks") several[name] = data.getAll(name).map(String);
    else one[name] = String(data.get(name) ?? "").trim();
  }
  return { one, several };
}

function faultOf(field: Field, value: string, several: readonly string[] | undefined): string {
  if (field.required && !(several ? several.length : value)) return say(field.kind === "radios" || several ? "choose_one" : "fill_in", { label: field.label });
  const { label, most } = field;
  const n = [...value].length;
  if (field.kind === "number") return /^\d+$/.test(value) && +value <= most ? "" : say("number_between", { label, most });
  return n > most ? say("too_long", { label, n, most }) : "";
}

/** What is looked for among many choices: of the one dialog that is open. */
const filter = signal("");

const Control = live(({ field, kept, fault }: { field: Field; kept: string | undefined; fault: string }) => {
  const id = `ask-${field.name}`;
  const said = [field.hint ? `${id}-hint` : "", fault ? `${id}-fault` : ""].filter(Boolean).join(" ");
  const common = { id, name: field.name, ...(said ? { "aria-describedby": said } : {}), ...(fault ? { "aria-invalid": true } : {}) };
  const value = kept ?? field.value;
  const notes = (
    <>
      {field.hint && <div class="govuk-hint" id={`${id}-hint`}>{field.hint}</div>}
      {fault && <p class="govuk-error-message" id={`${id}-fault`} role="alert"><span class="govuk-visually-hidden">{say("error")} </span>{fault}</p>}
    </>
  );
  const group = `govuk-form-group${fault ? " govuk-form-group--error" : ""}`;
  if (field.kind === "radios" || field.kind === "checks") {
    const kind = field.kind === "radios" ? "radio" : "checkbox";
    const part = field.kind === "radios" ? "radios" : "checkboxes";
    const options = field.options;
    const wanted = filter.value.trim().toLowerCase();
    return (
      <div class={group}>
        <fieldset class="govuk-fieldset" {...(said ? { "aria-describedby": said } : {})}>
          <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{field.label}</legend>
          {notes}
          {options.length >= FILTERED_FROM && (
            <div class="govuk-form-group">
              <label class="govuk-label" for={`${id}-filter`}>{say("filter")}</label>
              <input class="govuk-input" id={`${id}-filter`} type="search" value={filter.value} onInput={(event) => (filter.value = event.currentTarget.value)} onKeyDown={(event) => event.key === "Enter" && event.preventDefault()} />
            </div>
          )}
          {!options.length && <p class="govuk-body">{say("nothing_to_choose")}</p>}
          <div class={`govuk-${part} govuk-${part}--small gt-ask__options`}>
            {options.map((option) => (
              <div class={`govuk-${part}__item`} key={option.value} hidden={!!wanted && !`${option.label} ${option.hint ?? ""}`.toLowerCase().includes(wanted)}>
                <input class={`govuk-${part}__input`} type={kind} name={field.name} id={`${id}-${option.value}`} value={option.value} defaultChecked={kind === "radio" ? value === option.value : field.chosen.includes(option.value)} />
                <label class={`govuk-label govuk-${part}__label`} for={`${id}-${option.value}`}>
                  {option.label}
                  {option.hint && <span class="gt-about"> {option.hint}</span>}
                </label>
              </div>
            ))}
          </div>
        </fieldset>
      </div>
    );
  }
  return (
    <div class={group}>
      <label class="govuk-label" for={id}>{field.label}</label>
      {notes}
      {field.kind === "area" && <textarea class="govuk-textarea" rows={4} {...common} defaultValue={value} />}
      {field.kind === "select" && (
        <select class="govuk-select" {...common}>
          {field.options.map((option) => <option key={option.value} value={option.value} selected={option.value === value}>{option.label}</option>)}
        </select>
      )}
      {field.kind === "text" && <input class="govuk-input" type="text" autoComplete="off" {...common} defaultValue={value} />}
      {field.kind === "date" && <input class="govuk-input govuk-input--width-10" type="date" {...common} defaultValue={value} />}
      {field.kind === "number" && <input class="govuk-input govuk-input--width-5" type="text" inputMode="numeric" {...common} defaultValue={value} />}
    </div>
  );
});
