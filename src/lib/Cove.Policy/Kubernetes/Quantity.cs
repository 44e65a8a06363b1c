using System.Globalization;
using Cove.Outcomes;

namespace Cove.Policy.Kubernetes;

/// <summary>Amounts as Kubernetes writes them: <c>500m</c>, <c>0.5</c>, <c>128Mi</c>, <c>1G</c>.</summary>
internal static class Quantity
{
    private static readonly (string Suffix, decimal Factor)[] Suffixes =
    [
        ("Ki", 1024m), ("Mi", 1024m * 1024), ("Gi", 1024m * 1024 * 1024), ("Ti", 1024m * 1024 * 1024 * 1024),
        ("m", 0.001m), ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m),
    ];

    /// <exception cref="MalformedException">It is no such amount.</exception>
    internal static decimal Parse(string text, string field)
    {
        var (suffix, factor) = Array.Find(Suffixes, one => text.EndsWith(one.Suffix, StringComparison.Ordinal)) is { Suffix: not null } found ? found : ("", 1m);
        return decimal.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number * factor
            : throw new MalformedException(KubernetesFile.Format, field, $"is '{text}', expected an amount such as 500m or 128Mi");
    }
}
