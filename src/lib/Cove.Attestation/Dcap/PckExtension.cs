using System.Formats.Asn1;
using System.Globalization;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>The SGX extension of a PCK certificate: a sequence of pairs of OID and value (Intel PCK certificate profile 1.5).</summary>
internal static class PckExtension
{
    private const string Oid = "1.2.840.113741.1.13.1";
    private const string TcbOid = Oid + ".2";
    private const string ConfigurationOid = Oid + ".7";
    private const int MaximumMembers = 32;
    private const int IdSize = 16;

    public static PckCertificate Read(Certificate certificate)
    {
        var extension = certificate.Extension(Oid) ?? throw new MalformedException(PckCertificate.Format, "SGX extension", $"({Oid}) is missing");
        var members = ReadPairs(extension);
        var tcb = ReadPairs(Require(members, TcbOid));
        var configuration = members.TryGetValue(ConfigurationOid, out var given) ? ReadPairs(given) : [];
        return new PckCertificate(certificate)
        {
            Ppid = Octets(Require(members, Oid + ".1"), IdSize, "PPID"),
            Tcb = new PckTcb(
                [.. Enumerable.Range(1, PlatformTcbLevel.Components).Select(i => (byte)Integer(Require(tcb, string.Create(CultureInfo.InvariantCulture, $"{TcbOid}.{i}")), byte.MaxValue))],
                (ushort)Integer(Require(tcb, TcbOid + ".17"), ushort.MaxValue),
                Octets(Require(tcb, TcbOid + ".18"), IdSize, "CPUSVN")),
            PceId = Octets(Require(members, Oid + ".3"), PckCertificate.PceIdSize, "PCEID"),
            Fmspc = Octets(Require(members, Oid + ".4"), PckCertificate.FmspcSize, "FMSPC"),
            SgxType = SgxType(Require(members, Oid + ".5")),
            PlatformInstanceId = members.TryGetValue(Oid + ".6", out var instance) ? Octets(instance, IdSize, "platform instance id") : default,
            DynamicPlatform = Flag(configuration, ConfigurationOid + ".1"),
            CachedKeys = Flag(configuration, ConfigurationOid + ".2"),
            SmtEnabled = Flag(configuration, ConfigurationOid + ".3"),
        };
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> ReadPairs(ReadOnlyMemory<byte> der)
    {
        Dictionary<string, ReadOnlyMemory<byte>> pairs = new(StringComparer.Ordinal);
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        while (sequence.HasData)
        {
            if (pairs.Count == MaximumMembers) throw new AsnContentException($"more than {MaximumMembers} members");
            var pair = sequence.ReadSequence();
            var oid = pair.ReadObjectIdentifier();
            if (!pairs.TryAdd(oid, pair.ReadEncodedValue())) throw new AsnContentException($"{oid} occurs twice");
            pair.ThrowIfNotEmpty();
        }

        return pairs;
    }

    private static ReadOnlyMemory<byte> Require(Dictionary<string, ReadOnlyMemory<byte>> members, string oid) =>
        members.TryGetValue(oid, out var value) ? value : throw new AsnContentException($"{oid} is missing");

    private static byte[] Octets(ReadOnlyMemory<byte> value, int size, string name)
    {
        var octets = new AsnReader(value, AsnEncodingRules.DER).ReadOctetString();
        return octets.Length == size ? octets : throw new AsnContentException($"{name} has {octets.Length} bytes, expected {size}");
    }

    private static int Integer(ReadOnlyMemory<byte> value, int maximum) =>
        new AsnReader(value, AsnEncodingRules.DER).TryReadInt32(out var number) && number >= 0 && number <= maximum
            ? number
            : throw new AsnContentException($"a version is not from 0 to {maximum}");

    private static int SgxType(ReadOnlyMemory<byte> value)
    {
        var type = new AsnReader(value, AsnEncodingRules.DER).ReadEnumeratedBytes().Span;
        return type.Length == 1 && type[0] <= 2 ? type[0] : throw new AsnContentException("SGX type is not from 0 to 2");
    }

    private static bool? Flag(Dictionary<string, ReadOnlyMemory<byte>> members, string oid) =>
        members.TryGetValue(oid, out var value) ? new AsnReader(value, AsnEncodingRules.DER).ReadBoolean() : null;
}
