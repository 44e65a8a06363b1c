using System.Formats.Asn1;

namespace Cove.Rego.Certificates;

/// <summary>Which names an authority may vouch for (RFC 5280 §4.2.1.10).</summary>
internal sealed class X509NameConstraints
{
    public bool IsCritical { get; private set; }

    public X509AlternativeNames Permitted { get; } = new();

    public X509AlternativeNames Excluded { get; } = new();

    public static X509NameConstraints Read(AsnReader reader, bool isCritical, out bool isHandled)
    {
        var constraints = new X509NameConstraints { IsCritical = isCritical };
        isHandled = true;
        var sequence = reader.ReadSequence();
        if (!sequence.HasData) throw new X509Exception("x509: empty name constraints extension");
        while (sequence.HasData)
        {
            var tag = sequence.PeekTag();
            var names = tag.TagValue == 0 ? constraints.Permitted : constraints.Excluded;
            for (var subtrees = sequence.ReadSequence(tag); subtrees.HasData;)
            {
                var subtree = subtrees.ReadSequence();
                var kind = subtree.PeekTag().TagValue;
                names.Add(subtree);
                if (kind is not (1 or 2 or 6 or 7)) isHandled = false;
            }
        }

        return constraints;
    }

    /// <summary>True when every name is within what is permitted, and none within what is excluded.</summary>
    public bool Allows(X509AlternativeNames names) =>
        names.DnsNames.TrueForAll(n => IsAllowed(n, Permitted.DnsNames, Excluded.DnsNames, IsWithinDomain))
        && names.Emails.TrueForAll(n => IsAllowed(n, Permitted.Emails, Excluded.Emails, IsWithinMailbox))
        && names.Uris.TrueForAll(n => IsAllowed(n, Permitted.Uris, Excluded.Uris, static (uri, c) => Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && IsWithinHost(parsed.Host, c)))
        && names.Addresses.TrueForAll(n => IsAllowed(n, Permitted.Addresses, Excluded.Addresses, IsWithinRange));

    private static bool IsAllowed<T>(T name, List<T> permitted, List<T> excluded, Func<T, T, bool> isWithin) =>
        !excluded.Exists(c => isWithin(name, c)) && (permitted.Count == 0 || permitted.Exists(c => isWithin(name, c)));

    /// <summary>A domain covers itself and all below it; one that begins with a dot only those below.</summary>
    private static bool IsWithinDomain(string name, string constraint)
    {
        if (constraint.Length == 0) return true;
        if (constraint.StartsWith('.')) return name.EndsWith(constraint, StringComparison.OrdinalIgnoreCase);
        return name.Equals(constraint, StringComparison.OrdinalIgnoreCase) || name.EndsWith("." + constraint, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsWithinMailbox(string mailbox, string constraint)
    {
        if (constraint.Contains('@', StringComparison.Ordinal))
        {
            var (at, own) = (mailbox.LastIndexOf('@'), constraint.LastIndexOf('@'));
            return at >= 0 && mailbox[..at] == constraint[..own] && mailbox[at..].Equals(constraint[own..], StringComparison.OrdinalIgnoreCase);
        }

        return IsWithinHost(mailbox[(mailbox.LastIndexOf('@') + 1)..], constraint);
    }

    /// <summary>A host is only itself; one that begins with a dot all below it.</summary>
    private static bool IsWithinHost(string host, string constraint) => constraint.Length == 0 || (constraint.StartsWith('.')
        ? host.EndsWith(constraint, StringComparison.OrdinalIgnoreCase)
        : host.Equals(constraint, StringComparison.OrdinalIgnoreCase));

    /// <summary>A range is an address and a mask, one behind the other.</summary>
    private static bool IsWithinRange(byte[] address, byte[] range)
    {
        if (range.Length != address.Length * 2) return false;
        for (var i = 0; i < address.Length; i++)
            if ((address[i] & range[address.Length + i]) != (range[i] & range[address.Length + i])) return false;
        return true;
    }
}
