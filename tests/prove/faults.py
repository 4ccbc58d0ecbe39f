"""
Small faults that a rule can have, one at a time: a border, a sign, a criterion, a call that is left out.

Not among them, as they are no rules: texts and translations, names, annotations, logging; what models declare as fields
and constraints, which the check of migrations and tests of the database hold; locks, and which columns alone a save
writes, which the races hold.
"""

import ast
import copy
import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

SWAPPED = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
OTHER_NAMES = {
    "filter": "exclude",
    "exclude": "filter",
    "first": "last",
    "last": "first",
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "Min": "Max",
    "Max": "Min",
}
OTHER_LOOKUPS = {"lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}
MAKES_TEXT = {"_", "_lazy", "gettext", "ngettext", "pgettext", "date_format", "debug", "info", "warning", "exception"}
SAYS_TEXT = {"verbose_name", "help_text", "error_messages", "violation_error_message", "object_repr", "permissions"}
HELD_BY_RACES = {"lock", "lock_clinicians", "lock_times", "select_for_update", "update_fields", "from_queryset"}
NO_RULES = {"__str__", "__repr__", "Meta"}
DESCENDING = re.compile(r"-[a-z_]+\Z")


@dataclass(frozen=True)
class Fault:
    """One fault of a module: where it is, and what stands there instead."""

    number: int
    line: int
    statement: int  # the line on which its statement begins
    function: str  # the outermost one; '' in the body of the module or of a class
    words: str


def faults_of(path):
    """All faults that the module could have, in the order of its lines."""
    search = _Search()
    search.visit(ast.parse(Path(path).read_text()))
    return search.found


def sample_of(path, size):
    """
    So many of the faults of a module, as if drawn by lot: those whose place and words have the lowest SHA-256. The same
    are drawn each time, a larger sample has the smaller one in it, and a change elsewhere in the module changes none.
    """
    alike = Counter()
    by_lot = []
    for fault in faults_of(path):
        name = f"{path} {fault.function} {fault.words}"
        by_lot.append((hashlib.sha256(f"{name} {alike[name]}".encode()).hexdigest(), fault))
        alike[name] += 1
    return [fault for _lot, fault in sorted(by_lot, key=lambda each: each[0])][:size]


def tree_with(path, number):
    """The module with that fault in it."""
    tree = _Search(number).visit(ast.parse(Path(path).read_text()))
    return ast.fix_missing_locations(tree)


def tree_that_tells(path, name):
    """The module, with a call of that name before each statement in a function: with the path and the line."""
    return ast.fix_missing_locations(_Telling(path, name).visit(ast.parse(Path(path).read_text())))


class _Telling(ast.NodeTransformer):
    def __init__(self, path, name):
        self.path, self.name = path, name

    def generic_visit(self, node):
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list) and not isinstance(node, ast.Module | ast.ClassDef):
                setattr(node, field, [each for one in statements for each in (self._call(one), one)])
        return node

    def _call(self, statement):
        call = ast.Call(ast.Name(self.name, ast.Load()), [ast.Constant(self.path), ast.Constant(statement.lineno)], [])
        return ast.copy_location(ast.Expr(call), statement)


class _Search(ast.NodeTransformer):
    """Numbers every fault of a tree, and puts the wanted one in."""

    def __init__(self, wanted=None):
        self.wanted, self.found, self.place, self.line, self.statement = wanted, [], [], 0, 0

    def visit(self, node):
        if _is_no_rule(node):
            return node
        around = self.statement
        self.line = getattr(node, "lineno", self.line)
        self.statement = self.line if isinstance(node, ast.stmt) else around
        for other, words in _others(node, in_function=bool(self.function)):
            self.found.append(Fault(len(self.found), self.line, self.statement, self.function, words))
            if self.wanted == len(self.found) - 1:
                return ast.copy_location(other, node)
        node = self._visit_inside(node)
        self.statement = around
        return node

    @property
    def function(self):
        names = [node.name for node in self.place]
        inside = next((n for n, node in enumerate(self.place) if not isinstance(node, ast.ClassDef)), None)
        return "" if inside is None else ".".join(names[: inside + 1])

    def _visit_inside(self, node):
        if isinstance(node, ast.AnnAssign):
            node.value = self.visit(node.value)
            return node
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Tuple)
            and isinstance(node.value, ast.Tuple)
        ):
            node.value.elts = [self.visit(value) for value in node.value.elts]  # each name has its value
            return node
        if not isinstance(node, ast.ClassDef | ast.FunctionDef):
            return self.generic_visit(node)
        self.place.append(node)
        node.body = [self.visit(statement) for statement in node.body]  # neither decorators nor annotations
        self.place.pop()
        return node


def _is_no_rule(node):
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            return name in NO_RULES | HELD_BY_RACES
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)) if (
            name in MAKES_TEXT | HELD_BY_RACES
        ):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="models"))):
            return True
        case ast.Call(func=ast.Name(id=name)) if name.endswith("Field"):
            return True
        case ast.Tuple(elts=[_, ast.Call(func=ast.Name(id=name))]) if name in MAKES_TEXT:
            return True  # a choice with its words
        case ast.BinOp(op=ast.Mod(), left=ast.Call() | ast.Constant()):
            return True  # words with what is told in them
        case ast.keyword(arg=name):
            return name in SAYS_TEXT  # of `update_fields`, each column is one of its own
        case ast.AnnAssign(value=None):
            return True
    return False


def _others(node, in_function):
    """What could stand there instead: (node, words)."""
    for other in _instead(node, in_function):
        yield other, f"`{_short(node)}` → `{_short(other)}`"


def _instead(node, in_function):
    match node:
        case ast.Compare(ops=ops):
            for place, operator in enumerate(ops):
                yield _with(node, "ops", place, SWAPPED[type(operator)]())
        case ast.BoolOp(op=operator):
            yield _with(node, "op", None, SWAPPED[type(operator)]())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(op=operator) | ast.AugAssign(op=operator) if type(operator) in SWAPPED:
            yield _with(node, "op", None, SWAPPED[type(operator)]())
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)) if DESCENDING.match(value):
            yield ast.Constant(value.removeprefix("-"))
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) if _is_plain(test):
            yield _with(node, "test", None, ast.UnaryOp(ast.Not(), test))
        case ast.comprehension(ifs=[_, *_]):
            for place, test in enumerate(node.ifs):
                if _is_plain(test):
                    yield _with(node, "ifs", place, ast.UnaryOp(ast.Not(), test))
        case ast.keyword(arg=str(name)) if name.rpartition("__")[2] in OTHER_LOOKUPS and "__" in name:
            start, _dashes, lookup = name.rpartition("__")
            yield _with(node, "arg", None, f"{start}__{OTHER_LOOKUPS[lookup]}")
        case ast.Call(func=ast.Name(id=name)) if name in OTHER_NAMES:
            yield _with(node, "func", None, ast.Name(OTHER_NAMES[name], ast.Load()))
        case ast.Call(func=ast.Attribute(attr=name)) if name in OTHER_NAMES and name not in ("all", "any"):
            yield _with(node, "func", None, ast.Attribute(node.func.value, OTHER_NAMES[name], ast.Load()))
        case ast.Expr(value=ast.Call() as call) if in_function and not _is_no_rule(call):
            yield ast.Pass()
        case ast.Raise() if in_function:
            yield ast.Pass()
        case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
            yield _with(node, "value", None, ast.Constant(None))
    match node:
        case ast.Call(keywords=[_, *_]) if in_function:
            for place, keyword in enumerate(node.keywords):
                if keyword.arg and keyword.arg not in HELD_BY_RACES and not _is_no_rule(keyword):
                    yield _without(node, "keywords", place)
        case ast.List(elts=[_, _, *_]) | ast.Set(elts=[_, _, *_]) | ast.Tuple(elts=[_, _, *_]):
            is_read = isinstance(getattr(node, "ctx", None), ast.Load | type(None))
            if is_read and not (isinstance(node, ast.Tuple) and in_function):
                for place in range(len(node.elts)):
                    yield _without(node, "elts", place)
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[ast.Tuple(elts=[_, _, *_]) as choice]):
            for place in range(len(choice.elts)):
                yield _with(node, "comparators", 0, _without(choice, "elts", place))
        case ast.Dict(keys=[_, _, *_]):
            for place in range(len(node.keys)):
                yield _without(_without(node, "keys", place), "values", place)


def _is_plain(test):
    """Whether its negation is no other fault already."""
    return not isinstance(test, ast.UnaryOp | ast.Compare | ast.NamedExpr)


def _with(node, field, place, value):
    other = copy.copy(node)
    if place is None:
        setattr(other, field, value)
    else:
        setattr(other, field, [value if n == place else part for n, part in enumerate(getattr(node, field))])
    return other


def _without(node, field, place):
    other = copy.copy(node)
    setattr(other, field, [part for n, part in enumerate(getattr(node, field)) if n != place])
    return other


def _short(node):
    if isinstance(node, ast.If | ast.While):
        node = node.test
    if isinstance(node, ast.comprehension):
        return " if ".join(["for …", *(ast.unparse(test) for test in node.ifs)])
    words = ast.unparse(ast.fix_missing_locations(copy.deepcopy(node)))
    return re.sub(r"\s+", " ", words)
