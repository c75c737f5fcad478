// Draws the API's description. The bundle is served from here: the page needs no network.

const place = document.getElementById("swagger-ui");
const page = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

// Swagger UI has dark colours of its own, under this class.
function follow() {
  page.classList.toggle("dark-mode", page.dataset.theme ? page.dataset.theme === "dark" : system.matches);
}

follow();
system.addEventListener("change", follow);
new MutationObserver(follow).observe(page, { attributeFilter: ["data-theme"] });

// A row of the list is one button: the link that Swagger UI puts inside it would be a second stop that does the same.
const rowsWithoutLinks = ({ React }) => ({
  components: { DeepLink: ({ text, children }) => React.createElement("span", null, text ?? children) },
});

SwaggerUIBundle({
  url: `${place.dataset.schema}?format=json`,
  domNode: place,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [rowsWithoutLinks],
});
