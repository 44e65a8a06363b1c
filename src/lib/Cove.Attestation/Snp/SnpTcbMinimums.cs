using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>
/// The lowest TCB that is accepted of each product. Either none is asked (<see cref="None"/>), or every product that is accepted has an entry:
/// one that was forgotten would otherwise have no minimum at all.
/// </summary>
public sealed class SnpTcbMinimums
{
    private readonly IReadOnlyDictionary<SnpProduct, TcbVersion>? _minimums;

    private SnpTcbMinimums(IReadOnlyDictionary<SnpProduct, TcbVersion>? minimums) => _minimums = minimums;

    /// <summary>No minimum is asked of any product.</summary>
    public static SnpTcbMinimums None { get; } = new(null);

    /// <summary>These minimums; a product without one is refused.</summary>
    public static SnpTcbMinimums Of(IReadOnlyDictionary<SnpProduct, TcbVersion> minimums) => new(minimums);

    /// <summary>The minimum of a product; null where it has none.</summary>
    public TcbVersion? Find(SnpProduct product) => _minimums is not null && _minimums.TryGetValue(product, out var minimum) ? minimum : null;

    internal IEnumerable<Finding> Check(SnpProduct product, TcbVersion tcb, string field)
    {
        if (_minimums is null) yield break;
        if (!_minimums.TryGetValue(product, out var minimum)) yield return new("tcb-minimum-absent", field, $"a minimum for {product}", "none", SnpSections.Tcb);
        else if (!tcb.IsAtLeast(minimum)) yield return new("tcb-below-minimum", field, $"at least {minimum}", tcb.ToString(), SnpSections.Tcb);
    }
}
