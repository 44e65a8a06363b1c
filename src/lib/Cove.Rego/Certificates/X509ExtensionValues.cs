using System.Formats.Asn1;

namespace Cove.Rego.Certificates;

/// <summary>The meaning of the extensions that are known (RFC 5280 §4.2). Lists that are null belong to extensions that are not there.</summary>
internal sealed class X509ExtensionValues
{
    private static readonly string[] Purposes =
    [
        "2.5.29.37.0", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.5", "1.3.6.1.5.5.7.3.6",
        "1.3.6.1.5.5.7.3.7", "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9", "1.3.6.1.4.1.311.10.3.3", "2.16.840.1.113730.4.1", "1.3.6.1.4.1.311.2.1.22",
        "1.3.6.1.4.1.311.61.1.1",
    ];

    public bool HasBasicConstraints { get; private set; }

    public bool IsAuthority { get; private set; }

    /// <summary>How many authorities may follow; -1 for any number.</summary>
    public int MaxPathLength { get; private set; }

    /// <summary>Bit i is the i-th usage of RFC 5280 §4.2.1.3.</summary>
    public int KeyUsage { get; private set; }

    /// <summary>Purposes by their number in the JSON form: 0 any, 1 server, 2 client, and so on.</summary>
    public List<int> ExtendedUsages { get; } = [];

    public List<string> UnknownUsages { get; } = [];

    public byte[]? SubjectKeyId { get; private set; }

    public byte[]? AuthorityKeyId { get; private set; }

    public X509AlternativeNames Names { get; private set; } = new();

    public X509NameConstraints Constraints { get; private set; } = new();

    public List<string> OcspServers { get; } = [];

    public List<string> IssuerUrls { get; } = [];

    public List<string> RevocationPoints { get; } = [];

    public List<string> Policies { get; } = [];

    public List<(string Issuer, string Subject)> PolicyMappings { get; } = [];

    public int? RequireExplicitPolicy { get; private set; }

    public int? InhibitPolicyMapping { get; private set; }

    public int? InhibitAnyPolicy { get; private set; }

    /// <summary>Critical extensions that are not understood.</summary>
    public List<string> Unhandled { get; } = [];

    public static X509ExtensionValues Read(List<X509Extension> extensions)
    {
        var values = new X509ExtensionValues();
        foreach (var extension in extensions)
            if (!values.Take(extension) && extension.IsCritical) values.Unhandled.Add(extension.Id);
        return values;
    }

    private bool Take(X509Extension extension)
    {
        var reader = extension.Read();
        switch (extension.Id)
        {
            case "2.5.29.15":
                ReadKeyUsage(reader);
                return true;
            case "2.5.29.19":
                ReadBasicConstraints(reader.ReadSequence());
                return true;
            case "2.5.29.17":
                Names = X509AlternativeNames.Read(reader);
                return !Names.IsEmpty;
            case "2.5.29.30":
                Constraints = X509NameConstraints.Read(reader, extension.IsCritical, out var isHandled);
                return isHandled;
            case "2.5.29.31":
                ReadRevocationPoints(reader.ReadSequence());
                return true;
            case "2.5.29.35":
                ReadAuthorityKeyId(reader.ReadSequence());
                return true;
            case "2.5.29.37":
                ReadExtendedUsages(reader.ReadSequence());
                return true;
            case "2.5.29.14":
                SubjectKeyId = reader.ReadOctetString();
                return true;
            case "2.5.29.32":
                for (var policies = reader.ReadSequence(); policies.HasData;) Policies.Add(policies.ReadSequence().ReadObjectIdentifier());
                return true;
            case "2.5.29.33":
                ReadPolicyMappings(reader.ReadSequence());
                return true;
            case "2.5.29.36":
                ReadPolicyConstraints(reader.ReadSequence());
                return true;
            case "2.5.29.54":
                InhibitAnyPolicy = (int)reader.ReadInteger();
                return true;
            case "1.3.6.1.5.5.7.1.1":
                ReadAuthorityAccess(reader.ReadSequence());
                return true;
            default:
                return false;
        }
    }

    private void ReadKeyUsage(AsnReader reader)
    {
        var bits = reader.ReadBitString(out _);
        for (var i = 0; i < 9 && i / 8 < bits.Length; i++)
            if ((bits[i / 8] & (0x80 >> (i % 8))) != 0) KeyUsage |= 1 << i;
    }

    private void ReadBasicConstraints(AsnReader sequence)
    {
        HasBasicConstraints = true;
        MaxPathLength = -1;
        if (sequence.HasData && sequence.PeekTag() == Asn1Tag.Boolean) IsAuthority = sequence.ReadBoolean();
        if (!sequence.HasData) return;
        var length = sequence.ReadInteger();
        if (length.Sign < 0 || length > int.MaxValue) throw new X509Exception("x509: invalid basic constraints");
        MaxPathLength = (int)length;
    }

    private void ReadExtendedUsages(AsnReader sequence)
    {
        while (sequence.HasData)
        {
            var purpose = sequence.ReadObjectIdentifier();
            var number = Array.IndexOf(Purposes, purpose);
            if (number >= 0) ExtendedUsages.Add(number);
            else UnknownUsages.Add(purpose);
        }
    }

    private void ReadAuthorityKeyId(AsnReader sequence)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, 0);
        if (sequence.HasData && sequence.PeekTag() == tag) AuthorityKeyId = sequence.ReadOctetString(tag);
    }

    private void ReadPolicyMappings(AsnReader sequence)
    {
        while (sequence.HasData)
        {
            var mapping = sequence.ReadSequence();
            PolicyMappings.Add((mapping.ReadObjectIdentifier(), mapping.ReadObjectIdentifier()));
        }
    }

    private void ReadPolicyConstraints(AsnReader sequence)
    {
        while (sequence.HasData)
        {
            var tag = sequence.PeekTag();
            var value = (int)sequence.ReadInteger(tag);
            if (tag.TagValue == 0) RequireExplicitPolicy = value;
            else InhibitPolicyMapping = value;
        }
    }

    private void ReadAuthorityAccess(AsnReader sequence)
    {
        while (sequence.HasData)
        {
            var access = sequence.ReadSequence();
            var method = access.ReadObjectIdentifier();
            var location = new X509AlternativeNames();
            location.Add(access);
            if (method == "1.3.6.1.5.5.7.48.1") OcspServers.AddRange(location.Uris);
            else if (method == "1.3.6.1.5.5.7.48.2") IssuerUrls.AddRange(location.Uris);
        }
    }

    private void ReadRevocationPoints(AsnReader sequence)
    {
        var (name, full) = (new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true), new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true));
        while (sequence.HasData)
        {
            var point = sequence.ReadSequence();
            if (!point.HasData || point.PeekTag() != name) continue;
            var distribution = point.ReadSequence(name);
            if (!distribution.HasData || distribution.PeekTag() != full) continue;
            var names = new X509AlternativeNames();
            for (var list = distribution.ReadSequence(full); list.HasData;) names.Add(list);
            RevocationPoints.AddRange(names.Uris);
        }
    }
}
