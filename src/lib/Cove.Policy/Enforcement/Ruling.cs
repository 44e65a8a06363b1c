using Cove.Rego.Values;

namespace Cove.Policy.Enforcement;

/// <summary>The outcome of one question, before it is given its type.</summary>
internal abstract record Ruling
{
    /// <summary>Allowed, with the whole answer but its metadata.</summary>
    internal sealed record Allowed(RegoObject Answer) : Ruling;

    /// <summary>Denied by the policy, with its reason; null where it gave none.</summary>
    internal sealed record Denied(RegoValue? Reason) : Ruling
    {
        /// <summary>The reason's sentences, sorted.</summary>
        internal IReadOnlyList<string> Errors => (Reason as RegoObject)?["errors"] switch
        {
            RegoArray list => [.. list.AsSpan().ToArray().OfType<RegoString>().Select(text => text.Value).Order(StringComparer.Ordinal)],
            RegoSet set => [.. set.AsSpan().ToArray().OfType<RegoString>().Select(text => text.Value).Order(StringComparer.Ordinal)],
            _ => [],
        };
    }

    /// <summary>Denied because the policy could not be asked, or its answer was none.</summary>
    internal sealed record Failed(string Error) : Ruling;
}
