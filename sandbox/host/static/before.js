// Before the first paint: the theme chosen last, so that a dark page does not flash white.
document.documentElement.dataset.colorMode = localStorage.getItem("theme") === "dark" ? "dark" : "light";
// Jira decides by feature gates what connect-host.js tries out; here they are all shut, which keeps the console quiet.
window.__FEATUREGATES_JS__ = { getPackageVersion: () => "4.23.4", initializeCompleted: () => true, checkGate: () => false };
