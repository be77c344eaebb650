// What the wait-for graph uses of dagre, and nothing else; build.js makes dagre.js of it.
export { Graph, layout } from '@dagrejs/dagre';
