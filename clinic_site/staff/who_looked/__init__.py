"""Who looked at what: the manager's screen of the audit, and the sheet that a patient may ask for."""
