// GOV.UK Frontend ships no types; these are the parts we use, as its documentation gives them.
declare module "govuk-frontend" {
  type Component = new (root: Element, config?: Record<string, unknown>) => object;
  export function createAll(component: Component, config?: Record<string, unknown>): object[];
  export const Button: Component;
  export const CharacterCount: Component;
  export const Checkboxes: Component;
  export const ErrorSummary: Component;
  export const NotificationBanner: Component;
  export const PasswordInput: Component;
  export const Radios: Component;
  export const ServiceNavigation: Component;
  export const SkipLink: Component;
  export const Tabs: Component;
}
