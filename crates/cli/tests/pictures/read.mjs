// Reads pictures as Graphviz and Mermaid do. Takes {"dot": text, "mermaid": text} on standard input and prints what each
// program finds in its text: {"dot": {nodes, edges}, "mermaid": {nodes, edges}}. Fails where one of them refuses it.
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { JSDOM } from "jsdom";

const given = JSON.parse(await new Response(process.stdin).text());

const graphviz = await Graphviz.load();
// `dot` lays the picture out; `json0` says where everything went.
const laidOut = JSON.parse(graphviz.layout(given.dot, "json0", "dot"));
const byId = new Map((laidOut.objects ?? []).map((one) => [one._gvid, one.name]));
const dot = {
  nodes: (laidOut.objects ?? []).map((one) => ({ name: one.name, end: one.peripheries === "2" })),
  edges: (laidOut.edges ?? []).map((one) => ({
    from: byId.get(one.tail),
    to: byId.get(one.head),
    labels: one.label.split("\\n"),
  })),
};

// Mermaid cleans labels with the document of a browser.
const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import("mermaid");
await mermaid.parse(given.mermaid);
const diagram = await mermaid.mermaidAPI.getDiagramFromText(given.mermaid);
const text = (label) => label.replaceAll("#quot;", '"').replaceAll("#lt;", "<").replaceAll("#gt;", ">");
const vertices = [...diagram.db.getVertices().values()];
const names = new Map(vertices.map((one) => [one.id, text(one.text)]));
const flowchart = {
  nodes: vertices.map((one) => ({ name: text(one.text), end: one.classes.includes("administrator") })),
  edges: diagram.db.getEdges().map((one) => ({
    from: names.get(one.start),
    to: names.get(one.end),
    labels: one.text.split(/<br *\/?>/).map(text),
  })),
};

console.log(JSON.stringify({ dot, mermaid: flowchart }));
