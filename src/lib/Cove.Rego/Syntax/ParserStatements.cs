using Cove.Rego.Values;

namespace Cove.Rego.Syntax;

internal sealed partial class Parser
{
    /// <summary>A whole module, or null with errors.</summary>
    public Module? ParseModule()
    {
        var module = new Module(_source, _options.V1) { Comments = _comments };
        var first = Current;
        while (Kind != TokenKind.Eof && _errors.Count == 0) ParseStatement(module, first);
        if (_errors.Count == 0) _errors.AddRange(_notRules);
        if (_errors.Count > 0) return null;
        if (module.Package is null)
        {
            Record(first.Kind == TokenKind.Eof ? new Location(_source, 0, 0, 0) : first.At(_source), first.Kind == TokenKind.Eof ? "empty module" : "package expected");
            return null;
        }

        AttachAnnotations(module);
        if (module.IsV1)
            foreach (var rule in module.Rules) CheckV1(rule);
        return _errors.Count == 0 ? module : null;
    }

    private void ParseStatement(Module module, Token first)
    {
        if (IsKeyword("package"))
        {
            ParsePackage(module, first);
            return;
        }

        if (module.Package is null)
        {
            Record(first, "package expected");
            return;
        }

        if (IsKeyword("import"))
        {
            ParseImport(module);
            return;
        }

        var mark = Save();
        if (ParseRules() is { } rules)
        {
            foreach (var rule in rules) Append(module, rule);
            return;
        }

        if (_errors.Count > 0) return;
        Restore(mark);
        var at = Here();
        if (ParseQuery(TokenKind.Eof, stopEarly: true) is not { } body)
        {
            return;
        }

        if (RuleFromBody(at, body) is { } converted) Append(module, converted);
    }

    private static void Append(Module module, Rule rule)
    {
        rule.Index = module.Rules.Count;
        module.Rules.Add(rule);
        for (var part = rule; part is not null; part = part.Else) part.Module = module;
    }

    private void ParsePackage(Module module, Token first)
    {
        var at = Here();
        if (module.Package is not null || _tokens[0] != first)
        {
            Record(at, "unexpected package");
            return;
        }

        Scan();
        if (Kind != TokenKind.Identifier)
        {
            Illegal("expected identifier");
            return;
        }

        if (ParsePath() is not { } path) return;
        path.Location = Close(at);
        foreach (var part in path.Parts.Skip(1))
        {
            if (part is ScalarTerm { Value: RegoString }) continue;
            Record(at, "unexpected non-string value in package path");
            return;
        }

        List<Term> parts = [new VarTerm(at, Names.Data), path.Parts[0] is VarTerm name ? Names.Text(at, name.Name) : path.Parts[0], .. path.Parts.Skip(1)];
        module.Package = new RefTerm(at, parts);
        if (module.Imports.Count + module.Rules.Count > 0) Record(at, "unexpected package");
    }

    /// <summary>A name with steps; keywords are allowed after the first dot.</summary>
    private RefTerm? ParsePath()
    {
        var term = Finish(ParseVar());
        return term switch
        {
            null => null,
            VarTerm variable => new RefTerm(variable.Location, [variable]),
            RefTerm reference => reference,
            _ => null,
        };
    }

    private void ParseImport(Module module)
    {
        var at = Here();
        Scan();
        var pathAt = Here();
        if (Kind != TokenKind.Identifier)
        {
            Illegal("expected identifier");
            return;
        }

        if (ParsePath() is not { } path) return;
        path.Location = pathAt;
        if (ImportProblem(module, path) is { } problem)
        {
            Record(pathAt, problem);
            return;
        }

        string? alias = null;
        if (IsKeyword("as"))
        {
            Scan();
            if (Kind != TokenKind.Identifier || IsAnyKeyword())
            {
                Illegal("expected var");
                return;
            }

            alias = Current.Text;
            Scan();
            if (path.HeadName is "future" or "rego")
            {
                Record(pathAt, $"`{path.HeadName}` imports cannot be aliased");
                return;
            }
        }

        module.Imports.Add(new Import(Close(at), path, alias));
    }

    private string? ImportProblem(Module module, RefTerm path)
    {
        if (path.HeadName is not (Names.Data or "future" or Names.Input or "rego"))
            return $"unexpected import path, must begin with one of: {{data, future, input, rego}}, got: {path.HeadName} (hint: if this is unexpected, try updating OPA)";
        var names = new List<string>();
        foreach (var part in path.Parts.Skip(1))
        {
            if (part is not ScalarTerm { Value: RegoString text }) return "unexpected import path, must be a ref of strings";
            names.Add(text.Text);
        }

        return path.HeadName switch
        {
            "future" => FutureImport(names),
            "rego" => RegoImport(module, names),
            _ => IsKeyword("as") ? null : KeywordImport(names),
        };
    }

    private string? KeywordImport(List<string> names) => names.Count > 0 && _keywords.Contains(names[^1])
        ? $"unexpected import path, must not end with a keyword, got: {names[^1]} (hint: import a different path or use an alias)"
        : null;

    private string? FutureImport(List<string> names)
    {
        if (names.Count == 0 || names[0] != "keywords" || names.Count > 2) return "invalid import, must be `future.keywords`";
        if (names.Count == 1)
        {
            AddV1Keywords();
            return null;
        }

        switch (names[1])
        {
            case "in" or "if" or "contains":
                _keywords.Add(names[1]);
                return null;
            case "every":
                _keywords.Add("every");
                _keywords.Add("in");
                return null;
            case "not":
                _keywords.Add("not{");
                return null;
            case "and" or "or" when _options.AllowAndOr:
                _keywords.Add(names[1]);
                return null;
            default:
                var known = _options.AllowAndOr ? "and contains every if in not or" : "contains every if in not";
                return $"unexpected keyword, must be one of [{known}]";
        }
    }

    private string? RegoImport(Module module, List<string> names)
    {
        if (names is not ["v1"]) return $"invalid import `{string.Join('.', (string[])["rego", .. names])}`, must be `rego.v1`";
        module.IsV1 = true;
        AddV1Keywords();
        return null;
    }

    private void CheckV1(Rule rule)
    {
        var head = rule.Head;
        if (head.Ref.HeadName is { } name && head.Ref.Parts.Count == 1 && name is "if" or "contains" or "every" or "in")
        {
            Record(rule.Location, $"{name} keyword cannot be used for rule name");
            return;
        }

        if (rule.IsDefault) return;

        if (head.Kind == RuleKind.Multi && !rule.HasContains) Record(rule.Location, "`contains` keyword is required for partial set rules");
        for (var part = rule; part is not null; part = part.Else)
        {
            if (part.GeneratedBody || part.HasIf) continue;
            Record(part.Location, head.Arguments is null ? "`if` keyword is required before rule body" : "`if` keyword is required before function body");
        }

        if (rule is { GeneratedBody: true, HasIf: false } && head is { GeneratedValue: true, Arguments: null, Kind: RuleKind.Single })
            Record(rule.Location, "rule must have value assignment and/or body declaration");
    }
}
