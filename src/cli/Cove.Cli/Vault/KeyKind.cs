using Cove.Cli.Shell;

namespace Cove.Cli.Vault;

/// <summary>Which key to make.</summary>
internal sealed record KeyKind(string Type, int? Size, string? Curve)
{
    /// <summary>The kinds that a user can name, e.g. <c>rsa-2048</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["rsa-2048", "rsa-3072", "rsa-4096", "p-256", "p-384", "p-521", "p-256k", "oct-128", "oct-192", "oct-256"];

    public static KeyKind Parse(string name) => Names.Contains(name)
        ? name.Split('-') switch
        {
            ["rsa", var bits] => new("RSA", int.Parse(bits), null),
            ["oct", var bits] => new("oct", int.Parse(bits), null),
            [_, var bits] => new("EC", null, $"P-{bits.ToUpperInvariant()}"),
            _ => throw new InvalidOperationException($"a kind without a shape: {name}"),
        }
        : throw CommandFailedException.Usage("key-kind-unknown", $"there is no kind of key {name}", $"one of {string.Join(", ", Names)}");

    /// <summary>The <c>kty</c> to ask for: only keys of a hardware module can be released, and symmetric keys exist only there.</summary>
    public string WireType(bool released) => released || Type == "oct" ? $"{Type}-HSM" : Type;
}
