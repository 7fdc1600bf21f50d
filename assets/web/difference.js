// Where two figures differ.
const MOVES = /^(data\.\d+\.(x|y|z|text|marker\.color)|layout\.(shapes\.\d+\.([xy][01]|line\.(color|width|dash))|annotations\.\d+\.(text|x|y)))$/;
const UNSEEN = /^data\.\d+\.(customdata|hovertext|hovertemplate)$/; // until the pointer rests on it; then it has been drawn in full

// Routes (["data", "4", "z"], …) to what differs, or null from the first difference that only plotly.js can draw.
export function differences(before, after) {
  const routes = [];
  return compare(before, after, [], routes) ? routes : null;
}

function compare(one, other, route, routes) {
  if (Object.is(one, other)) return true;
  if (branches(one) && branches(other) && Array.isArray(one) === Array.isArray(other)) {
    const keys = Object.keys(one);
    return keys.length === Object.keys(other).length && keys.every((key) => key in other && compare(one[key], other[key], [...route, key], routes));
  }
  if (equal(one, other)) return true;
  const path = route.join(".");
  if (UNSEEN.test(path)) return true;
  if (!MOVES.test(path) || !alike(one, other)) return false;
  routes.push(route);
  return true;
}

// An object, or a list of objects: what is looked into. Lists of values are taken as a whole.
function branches(value) {
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return false;
  return !Array.isArray(value) || value.some((item) => branches(item) && !Array.isArray(item));
}

function isList(value) {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

function equal(one, other) {
  if (!isList(one) || !isList(other) || one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) {
    const [left, right] = [one[index], other[index]];
    if (left !== right && !Object.is(left, right) && !equal(left, right)) return false;
  }
  return true;
}

// Of one form, so that plotly.js would need no new nodes: both single values, or lists of one length, row by row.
function alike(one, other) {
  if (isList(one) !== isList(other)) return false;
  if (!isList(one)) return typeof one === typeof other;
  return one.length === other.length && (!isList(one[0]) || one[0].length === other[0]?.length);
}
