using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Conformance;

/// <summary>
/// Runs suites of cases in the common JSON form. A case passes only when everything that it states agrees: the result; or the error's code and message
/// (a part of the message for suites whose name starts with <c>opa_</c>); or the set of compile errors with code, message and place.
/// </summary>
public static class ConformanceRunner
{
    /// <summary>Runs all cases of one file.</summary>
    /// <param name="utf8">The file: <c>{"suite", "rego_version", "shared_modules"?, "cases": […]}</c>.</param>
    /// <exception cref="RegoJsonException">The file is not JSON.</exception>
    /// <exception cref="FormatException">The file is not a suite.</exception>
    public static IReadOnlyList<ConformanceOutcome> Run(ReadOnlySpan<byte> utf8)
    {
        if (RegoValue.FromJson(utf8) is not RegoObject file || file["cases"] is not RegoArray cases || file["suite"] is not RegoString suite)
            throw new FormatException("not a suite: an object with \"suite\" and \"cases\" is expected");
        var isV1 = (file["rego_version"] as RegoString)?.Value != "v0";
        var shared = file["shared_modules"] is RegoArray list ? list.Items.OfType<RegoString>().Select(static t => t.Text).ToList() : [];
        var outcomes = new List<ConformanceOutcome>(cases.Count);
        foreach (var item in cases.AsSpan())
        {
            var test = new ConformanceCase((RegoObject)item, isV1);
            var reason = Check(test, shared, exactMessages: !suite.Value.StartsWith("opa_", StringComparison.Ordinal));
            outcomes.Add(new ConformanceOutcome(suite.Value, test.Id, test.Note, reason));
        }

        return outcomes;
    }

    /// <summary>Null when the case passes, else why not.</summary>
    private static string? Check(ConformanceCase test, List<string> shared, bool exactMessages)
    {
        try
        {
            var prints = new List<string>();
            var solutions = Evaluate(test, shared, prints);
            if (test.WantCompileErrors is not null) return "compiled, though errors were expected";
            if (test.WantError is not null || test.WantErrorCode is not null) return $"no error, though expected: {test.WantErrorCode} {test.WantError}";
            if (test.WantResult is { } want && Differs(test, solutions, want) is { } difference) return difference;
            if (test.WantPrints is { } lines && !lines.Equals(RegoArray.Of([.. prints.Select(static p => RegoValue.Of(p))])))
                return $"printed {string.Join(" | ", prints)}";
            return null;
        }
        catch (RegoCompileException error)
        {
            return test.WantCompileErrors is { } want ? CompileDifference(want, error.Errors) : "does not compile: " + error.Message;
        }
        catch (RegoEvaluationException error)
        {
            if (test.WantErrorCode is null && test.WantError is null) return error.Message;
            if (test.WantErrorCode is { } code && code != error.Code) return $"error {error.Code}: {error.Reason}, expected {code}";
            if (test.WantError is not { } message) return null;
            var agrees = exactMessages ? error.Reason == message : error.Message.Contains(message, StringComparison.Ordinal);
            return agrees ? null : $"error \"{error.Reason}\", expected \"{message}\"";
        }
    }

    private static IReadOnlyList<RegoSolution> Evaluate(ConformanceCase test, List<string> shared, List<string> prints)
    {
        var options = new RegoCompilerOptions
        {
            V1 = test.IsV1,
            Strict = test.StrictCompile,
            Print = true,
            Capabilities = new RegoCapabilities { AndOr = test.Experimental },
            Builtins = test.Requires("test.sleep") ? [new RegoBuiltin("test.sleep", "(str) -> null", static _ => RegoValue.Null)] : [],
        };
        var compiler = new RegoCompiler(options);
        var index = 0;
        foreach (var text in shared.Concat(test.Modules)) compiler.AddModule($"test-{index++}.rego", text);
        var query = RegoQuery.Compile(compiler.Compile(), test.Query, [], isRaw: true);
        var settings = new EvaluationOptions
        {
            StrictBuiltinErrors = test.StrictErrors,
            OnPrint = prints.Add,
            Runtime = test.Environment is { } env ? RegoObject.Of(("env", env)) : RegoObject.Empty,
        };
        return query.Evaluate(test.InputTerm is { } term ? ReadTerm(term) : test.Input, test.Data, settings);
    }

    private static RegoValue? ReadTerm(string term)
    {
        var policy = new RegoCompiler(new RegoCompilerOptions { V1 = false }).Compile();
        return policy.Prepare("x = " + term).Evaluate()[0]["x"];
    }

    private static string? Differs(ConformanceCase test, IReadOnlyList<RegoSolution> solutions, RegoArray want)
    {
        var actual = new HashSet<RegoValue>();
        foreach (var solution in solutions)
        {
            var binding = RegoObject.Of([.. solution.Bindings.Select(static b => (b.Key, b.Value))]);
            actual.Add(Sorted(RegoValue.FromJson(binding.ToJson()), test.SortBindings));
        }

        var expected = new HashSet<RegoValue>();
        foreach (var binding in want.AsSpan()) expected.Add(Sorted(RegoValue.FromJson(binding.ToJson()), test.SortBindings));
        if (actual.SetEquals(expected)) return null;
        return $"got {Shorten(string.Join(", ", actual))}, expected {Shorten(string.Join(", ", expected))}";
    }

    private static string Shorten(string text) => text.Length <= 400 ? text : text[..400] + "…";

    private static RegoValue Sorted(RegoValue binding, bool sort)
    {
        if (!sort || binding is not RegoObject obj) return binding;
        return RegoObject.Of([.. obj.Entries().Select(static e => (((RegoString)e.Key).Text, e.Value is RegoArray array ? SortArray(array) : e.Value))]);
    }

    private static RegoArray SortArray(RegoArray array)
    {
        var items = (RegoValue[])array.Items.Clone();
        Array.Sort(items, ValueOrder.Compare);
        return new RegoArray(items);
    }

    private static string? CompileDifference(RegoArray want, IReadOnlyList<RegoError> errors)
    {
        var expected = want.Items.OfType<RegoObject>().Select(Describe).ToHashSet();
        var actual = errors.Select(Describe).ToHashSet();
        return actual.SetEquals(expected) ? null : $"got {Shorten(string.Join("; ", actual.Order()))}, expected {Shorten(string.Join("; ", expected.Order()))}";
    }

    private static string Describe(RegoObject error)
    {
        var row = (error["row"] as RegoNumber)?.Text ?? "0";
        var column = (error["col"] as RegoNumber)?.Text ?? "0";
        return $"{(error["stage"] as RegoString)?.Value} {(error["code"] as RegoString)?.Value} {(error["file"] as RegoString)?.Value}:{row}:{column} {(error["message"] as RegoString)?.Value}";
    }

    private static string Describe(RegoError error)
    {
        var stage = error.Stage switch
        {
            RegoErrorStage.Parse => "parse",
            RegoErrorStage.Compile => "compile",
            RegoErrorStage.QueryParse => "query_parse",
            _ => "query_compile",
        };
        return $"{stage} {error.Code} {error.File}:{error.Row}:{error.Column} {error.Message}";
    }
}
