using System.Collections.Immutable;
using Cove.Formats.Cbor;
using Cove.Formats.Cose;
using Cove.Formats.Jose;
using Cove.Outcomes;
using Cove.Rego.Values;

namespace Cove.Policy.Fragments;

/// <summary>The ledgers' keys that accepted trust lists brought, and which lists (their subjects) vouch for each. Immutable.</summary>
internal sealed class LedgerKeys
{
    private const string Format = "trust list";
    private const int MaximumLedgers = 64;
    private const long Keys = 1;

    internal static readonly LedgerKeys None = new(ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, Known>>.Empty);

    private readonly ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, Known>> ledgers;

    private LedgerKeys(ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, Known>> ledgers) => this.ledgers = ledgers;

    private sealed record Known(EcJwk Key, ImmutableSortedSet<string> Subjects);

    /// <summary>The ledgers that a trust list offers, with their keys.</summary>
    /// <exception cref="MalformedException">The payload is no trust list.</exception>
    internal static IReadOnlyDictionary<string, IReadOnlyList<EcJwk>> Offered(ReadOnlyMemory<byte> payload)
    {
        if (CborValue.Decode(payload, Format) is not CborValue.Map { Entries: { Count: > 0 and <= MaximumLedgers } entries })
            throw new MalformedException(Format, "payload", $"is not a map of one to {MaximumLedgers} ledgers");
        var offered = new Dictionary<string, IReadOnlyList<EcJwk>>(StringComparer.Ordinal);
        foreach (var (name, ledger) in entries)
        {
            if (name is not CborValue.Text text || ledger is not CborValue.Map map || map[Keys] is not { } keys)
                throw new MalformedException(Format, "ledger", "is not a name with a key set");
            offered.Add(text.Value, CoseKeySet.Read(keys, Format));
        }

        return offered;
    }

    /// <summary>With a ledger's keys as a list names them: a known key is vouched for by one more, another key of the same name takes its place.</summary>
    internal LedgerKeys With(string ledger, IEnumerable<EcJwk> keys, string subject)
    {
        var known = ledgers.GetValueOrDefault(ledger) ?? ImmutableSortedDictionary.Create<string, Known>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            var before = known.GetValueOrDefault(key.KeyId!);
            var same = before is not null && before.Key.Curve == key.Curve && before.Key.X.SequenceEqual(key.X) && before.Key.Y.SequenceEqual(key.Y);
            var subjects = same ? before!.Subjects : ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
            known = known.SetItem(key.KeyId!, new Known(key, subjects.Add(subject)));
        }

        return new LedgerKeys(ledgers.SetItem(ledger, known));
    }

    /// <summary>Those of a statement's receipts that hold, as policies are asked about them. The others are left out without a word.</summary>
    internal RegoArray Receipts(SignedStatement statement)
    {
        var held = new List<RegoValue>();
        foreach (var receipt in statement.Receipts())
        {
            if (ledgers.GetValueOrDefault(receipt.Issuer)?.GetValueOrDefault(receipt.KeyId) is not { } known) continue;
            if (receipt.Verify(statement.Message, [new TransparencyLedger(receipt.Issuer, new Jwks([known.Key]))]).Count > 0) continue;
            held.Add(RegoObject.Of(
                ("issuer", RegoValue.Of(receipt.Issuer)),
                ("ttl_subjects", RegoArray.Of([.. known.Subjects.Select(RegoValue.Of)]))));
        }

        return RegoArray.Of([.. held]);
    }
}
