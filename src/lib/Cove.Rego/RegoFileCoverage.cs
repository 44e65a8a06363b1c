namespace Cove.Rego;

/// <summary>The coverage of one module.</summary>
/// <param name="File">The module's name.</param>
/// <param name="Covered">Rows from 1 on which something was evaluated, ascending.</param>
/// <param name="NotCovered">Rows that hold code of which nothing was, ascending.</param>
public sealed record RegoFileCoverage(string File, IReadOnlyList<int> Covered, IReadOnlyList<int> NotCovered)
{
    /// <summary>Covered rows of a hundred, rounded to two places; 100 for a module without code.</summary>
    public double Percent => PercentOf(Covered.Count, NotCovered.Count);

    /// <summary>Covered rows of a hundred, rounded to two places; 100 where there are none.</summary>
    /// <param name="covered">How many are covered.</param>
    /// <param name="notCovered">How many are not.</param>
    public static double PercentOf(int covered, int notCovered) => covered + notCovered == 0 ? 100 : Math.Round(100.0 * covered / (covered + notCovered), 2);
}
