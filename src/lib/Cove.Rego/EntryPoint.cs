using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego;

/// <summary>A document of a policy that is evaluated again and again. Thread-safe.</summary>
public sealed class EntryPoint
{
    private readonly CompiledPolicy _policy;
    private readonly Document _document;
    private readonly RegoValue[] _below;

    internal EntryPoint(CompiledPolicy policy, RegoValue[] path)
    {
        _policy = policy;
        _document = policy.Program.Root;
        var at = 0;
        while (at < path.Length && _document.Kind == DocumentKind.Package && _document.Children.TryGetValue(path[at], out var child))
        {
            _document = child;
            at++;
        }

        _below = path[at..];
    }

    internal Document Document => _document;

    /// <summary>Evaluates the document.</summary>
    /// <param name="input">The input; null for none.</param>
    /// <param name="data">The base document; null for an empty one.</param>
    /// <param name="options">Limits, clock and the rest.</param>
    /// <exception cref="RegoEvaluationException">The evaluation did not come to an answer.</exception>
    public RegoResult Evaluate(RegoValue? input = null, RegoObject? data = null, EvaluationOptions? options = null)
    {
        var context = _policy.Rent();
        var settings = options ?? EvaluationOptions.Default;
        context.Begin(input, data ?? RegoObject.Empty, settings);
        try
        {
            var value = _document.Kind == DocumentKind.Package && _below.Length > 0 ? Below(context)
                : _below.Length > 0 && _document.IsPartial ? Lookup.Path(context.ValueAt(_document, _below[0]), _below.AsSpan(1))
                : Lookup.Path(context.ValueOf(_document), _below);
            if (context.FirstFailure is { } failure) throw failure;
            _policy.Return(context);
            return new RegoResult(value);
        }
        catch (InsufficientExecutionStackException)
        {
            throw RegoEvaluationException.Limit("nested too deeply");
        }
        catch (InvalidOperationException sorting) when (sorting.InnerException is RegoEvaluationException or InsufficientExecutionStackException)
        {
            // What a comparison throws while a library sorts comes wrapped.
            throw sorting.InnerException as RegoEvaluationException ?? RegoEvaluationException.Limit("nested too deeply");
        }
        catch (System.Text.RegularExpressions.RegexMatchTimeoutException)
        {
            throw RegoEvaluationException.Limit("a pattern took too long to match");
        }
    }

    /// <summary>A path that leaves the documents: only facts are there.</summary>
    private RegoValue? Below(EvaluationContext context)
    {
        RegoValue? value = _document.Cursor;
        foreach (var key in _below)
        {
            if (value is null) return null;
            value = value is DocumentCursor cursor ? context.Step(cursor, key) : Lookup.Step(value, key);
        }

        return value is DocumentCursor last ? context.ValueOf(last.Document) : value;
    }
}
