using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Attestation.Dcap;
using Cove.Formats.Der;

namespace Cove.Attestation.Tests.Dcap;

/// <summary>
/// A platform under its own root with quoting enclave, PCK and collateral, made as Intel makes them: what no recording has (every status, every
/// date, every version of a quote) can be tried on it.
/// </summary>
internal sealed class SimulatedPlatform : IDisposable
{
    public static readonly DateTimeOffset Then = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly byte[] Fmspc = [0x00, 0x90, 0x6e, 0xa1, 0x00, 0x00];

    private const string Sgx = "1.2.840.113741.1.13.1";
    private static readonly byte[] QeSigner = SHA256.HashData("quoting enclave"u8);
    private readonly ECDsa attestationKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa signerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly DateTimeOffset now;
    private readonly X509Certificate2 root;
    private readonly X509Certificate2 authority;

    /// <param name="time">When it is looked at; <see cref="Then"/> by default.</param>
    public SimulatedPlatform(DateTimeOffset? time = null)
    {
        now = time ?? Then;
        root = SelfSigned("Intel SGX Root CA");
        authority = Issued("Intel SGX PCK Platform CA", ECDsa.Create(ECCurve.NamedCurves.nistP256), root, [0x10], authority: true);
        Root = Certificate.Parse(root.RawData);
        Authority = Certificate.Parse(authority.RawData);
        Signer = IssueSigner(now.AddYears(-1), now.AddYears(1));
        Pck = IssuePck(now.AddYears(-1), now.AddYears(1));
    }

    public Certificate Root { get; }

    public Certificate Authority { get; }

    public Certificate Signer { get; private set; }

    public Certificate Pck { get; private set; }

    /// <summary>SGX components of the PCK certificate.</summary>
    public byte[] Components { get; } = [5, 5, 5, 5, 5, 5, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0];

    public ECDsa PckKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TrustAnchors Anchors => TrustAnchors.Vendors with { Dcap = DcapTrustAnchors.Intel.WithSimulatedRoot(Root) };

    /// <summary>ISVSVN of the quoting enclave.</summary>
    public ushort QeSvn { get; set; } = 8;

    public byte[] QeAuthenticationData { get; set; } = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public byte[] SgxQuote(int version = 3, Action<byte[]>? change = null) => Quote(version, QuoteTee.Sgx, version == 5 ? (ushort)1 : null, SgxBody(change));

    public byte[] Td10Quote(int version = 4, Action<byte[]>? change = null) => Quote(version, QuoteTee.Tdx, version == 5 ? (ushort)2 : null, TdBody(584, change));

    public byte[] Td15Quote(Action<byte[]>? change = null) => Quote(5, QuoteTee.Tdx, 3, TdBody(648, change));

    public Certificate IssuePck(DateTimeOffset from, DateTimeOffset to, byte[]? extension = null, ECDsa? key = null) =>
        Pck = Certificate.Parse(Issued("Intel SGX PCK Certificate", key ?? PckKey, authority, [0x30], authority: false, from, to, extension ?? PckExtension()).RawData);

    public Certificate IssueSigner(DateTimeOffset from, DateTimeOffset to, string name = "Intel SGX TCB Signing") =>
        Signer = Certificate.Parse(Issued(name, signerKey, root, [0x20], authority: false, from, to).RawData);

    public JsonObject TcbInfo(QuoteTee tee) => new()
    {
        ["id"] = tee == QuoteTee.Sgx ? "SGX" : "TDX",
        ["version"] = 3,
        ["issueDate"] = Time(now.AddDays(-1)),
        ["nextUpdate"] = Time(now.AddDays(29)),
        ["fmspc"] = Convert.ToHexString(Fmspc),
        ["pceId"] = "0000",
        ["tcbType"] = 0,
        ["tcbEvaluationDataNumber"] = 17,
        ["tdxModule"] = Module(null),
        ["tdxModuleIdentities"] = new JsonArray(Module("TDX_03", IsvLevel(5, "UpToDate"), IsvLevel(3, "OutOfDate", "INTEL-SA-00003"))),
        ["tcbLevels"] = new JsonArray(Level(5, 13, 5, "UpToDate"), Level(3, 11, 3, "OutOfDate", "INTEL-SA-00001")),
    };

    public JsonObject QeIdentity(QuoteTee tee) => new()
    {
        ["id"] = tee == QuoteTee.Sgx ? "QE" : "TD_QE",
        ["version"] = 2,
        ["issueDate"] = Time(now.AddDays(-1)),
        ["nextUpdate"] = Time(now.AddDays(29)),
        ["tcbEvaluationDataNumber"] = 16,
        ["miscselect"] = "00000000",
        ["miscselectMask"] = "FFFFFFFF",
        ["attributes"] = "11000000000000000000000000000000",
        ["attributesMask"] = "FBFFFFFFFFFFFFFF0000000000000000",
        ["mrsigner"] = Convert.ToHexString(QeSigner),
        ["isvprodid"] = 1,
        ["tcbLevels"] = new JsonArray(IsvLevel(8, "UpToDate"), IsvLevel(6, "OutOfDate", "INTEL-SA-00002"), IsvLevel(4, "Revoked")),
    };

    public static JsonObject Level(byte sgx, int pceSvn, byte tdx, string status, params string[] advisories) => new()
    {
        ["tcb"] = new JsonObject { ["sgxtcbcomponents"] = ComponentArray(sgx, 8), ["pcesvn"] = pceSvn, ["tdxtcbcomponents"] = ComponentArray(tdx, 3) },
        ["tcbDate"] = "2025-05-14T00:00:00Z",
        ["tcbStatus"] = status,
        ["advisoryIDs"] = new JsonArray([.. advisories.Select(id => (JsonNode)id)]),
    };

    public static JsonObject IsvLevel(int svn, string status, params string[] advisories) => new()
    {
        ["tcb"] = new JsonObject { ["isvsvn"] = svn },
        ["tcbDate"] = "2025-05-14T00:00:00Z",
        ["tcbStatus"] = status,
        ["advisoryIDs"] = new JsonArray([.. advisories.Select(id => (JsonNode)id)]),
    };

    public DcapCollateral Collateral(QuoteTee tee, Action<JsonObject>? tcbInfo = null, Action<JsonObject>? qeIdentity = null, Action<Dictionary<string, ReadOnlyMemory<byte>>>? files = null)
    {
        var (info, identity) = (TcbInfo(tee), QeIdentity(tee));
        tcbInfo?.Invoke(info);
        qeIdentity?.Invoke(identity);
        Dictionary<string, ReadOnlyMemory<byte>> members = new(StringComparer.Ordinal)
        {
            ["pck_crl_issuer_chain"] = Pem(Authority, Root),
            ["root_ca_crl"] = Revoke(root),
            ["pck_crl"] = Revoke(authority),
            ["tcb_info_issuer_chain"] = Pem(Signer, Root),
            ["tcb_info"] = Signed("tcbInfo", info),
            ["qe_identity_issuer_chain"] = Pem(Signer, Root),
            ["qe_identity"] = Signed("enclaveIdentity", identity),
        };
        files?.Invoke(members);
        return DcapCollateral.FromFiles(members);
    }

    /// <summary>A list of the root (true) or of the PCK authority that revokes these.</summary>
    public byte[] List(bool ofRoot, DateTimeOffset from, DateTimeOffset to, params byte[][] serials) => Revoke(ofRoot ? root : authority, from, to, serials);

    public byte[] Signed(string name, JsonObject inner)
    {
        var text = inner.ToJsonString();
        var signature = signerKey.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return Encoding.UTF8.GetBytes($$"""{"{{name}}":{{text}},"signature":"{{Convert.ToHexStringLower(signature)}}"}""");
    }

    public static byte[] Pem(params Certificate[] chain) => Encoding.ASCII.GetBytes(CertificatePem.Write(chain));

    public void Dispose()
    {
        foreach (var disposable in (IDisposable[])[PckKey, attestationKey, signerKey, root, authority]) disposable.Dispose();
    }

    public byte[] PckExtension(Action<AsnWriter>? more = null)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            Pair(writer, Sgx + ".1", () => writer.WriteOctetString(new byte[16]));
            Pair(writer, Sgx + ".2", () =>
            {
                using (writer.PushSequence())
                {
                    for (var i = 0; i < 16; i++) Pair(writer, $"{Sgx}.2.{i + 1}", () => writer.WriteInteger(Components[i]));
                    Pair(writer, Sgx + ".2.17", () => writer.WriteInteger(13));
                    Pair(writer, Sgx + ".2.18", () => writer.WriteOctetString(Components));
                }
            });
            Pair(writer, Sgx + ".3", () => writer.WriteOctetString([0, 0]));
            Pair(writer, Sgx + ".4", () => writer.WriteOctetString(Fmspc));
            Pair(writer, Sgx + ".5", () => writer.WriteEnumeratedValue(SgxType.Scalable));
            more?.Invoke(writer);
        }

        return writer.Encode();
    }

    private enum SgxType
    {
        Scalable = 1,
    }

    private static void Pair(AsnWriter writer, string oid, Action value)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            value();
        }
    }

    private static JsonArray ComponentArray(byte svn, int count) => new([.. Enumerable.Range(0, 16).Select(i => (JsonNode)new JsonObject { ["svn"] = i < count ? svn : 0 })]);

    private static JsonObject Module(string? id, params JsonObject[] levels)
    {
        var module = new JsonObject { ["mrsigner"] = new string('0', 96), ["attributes"] = new string('0', 16), ["attributesMask"] = new string('F', 16) };
        if (id is null) return module;
        module["id"] = id;
        module["tcbLevels"] = new JsonArray([.. levels]);
        return module;
    }

    private static byte[] SgxBody(Action<byte[]>? change)
    {
        var body = new byte[384];
        body[48] = 0x5;
        body[56] = 0x3;
        RandomNumberGenerator.Fill(body.AsSpan(64, 32));
        RandomNumberGenerator.Fill(body.AsSpan(128, 32));
        body[256] = 7;
        body[258] = 2;
        change?.Invoke(body);
        return body;
    }

    private static byte[] TdBody(int size, Action<byte[]>? change)
    {
        var body = new byte[size];
        ((byte[])[5, 3, 5]).CopyTo(body, 0);
        RandomNumberGenerator.Fill(body.AsSpan(16, 48));
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(120), 1UL << 28);
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(128), 0xe7);
        RandomNumberGenerator.Fill(body.AsSpan(136, 48));
        RandomNumberGenerator.Fill(body.AsSpan(328, 192));
        if (size == 648) ((byte[])[5, 3, 5]).CopyTo(body, 584);
        change?.Invoke(body);
        return body;
    }

    private byte[] Quote(int version, QuoteTee tee, ushort? bodyType, byte[] body)
    {
        using var quote = new MemoryStream();
        using var writer = new BinaryWriter(quote);
        writer.Write((ushort)version);
        writer.Write((ushort)2);
        writer.Write((uint)tee);
        writer.Write(0u);
        writer.Write(Convert.FromHexString("939a7233f79c4ca9940a0db3957f0607"));
        writer.Write(new byte[20]);
        if (bodyType is { } type)
        {
            writer.Write(type);
            writer.Write((uint)body.Length);
        }

        writer.Write(body);
        var signature = Sign(attestationKey, quote.ToArray());
        var point = attestationKey.ExportParameters(false).Q;
        byte[] key = [.. point.X!, .. point.Y!];
        var inner = QeData(key);
        byte[] outer = version == 3 ? inner : [6, 0, .. BitConverter.GetBytes((uint)inner.Length), .. inner];
        writer.Write((uint)(128 + outer.Length));
        writer.Write(signature);
        writer.Write(key);
        writer.Write(outer);
        return quote.ToArray();
    }

    private byte[] QeData(byte[] key)
    {
        var report = new byte[384];
        report[48] = 0x11;
        QeSigner.CopyTo(report, 128);
        report[256] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(report.AsSpan(258), QeSvn);
        SHA256.HashData([.. key, .. QeAuthenticationData]).CopyTo(report, 320);
        var chain = Pem(Pck, Authority, Root);
        return
        [
            .. report, .. Sign(PckKey, report), .. BitConverter.GetBytes((ushort)QeAuthenticationData.Length), .. QeAuthenticationData,
            5, 0, .. BitConverter.GetBytes((uint)chain.Length), .. chain,
        ];
    }

    private static byte[] Sign(ECDsa key, byte[] data) => key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private byte[] Revoke(X509Certificate2 issuer, params byte[][] serials) => Revoke(issuer, now.AddDays(-1), now.AddDays(29), serials);

    private static byte[] Revoke(X509Certificate2 issuer, DateTimeOffset from, DateTimeOffset to, params byte[][] serials)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var serial in serials) builder.AddEntry(serial, from);
        return builder.Build(issuer, 1, to, HashAlgorithmName.SHA256, thisUpdate: from);
    }

    private X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Request(name, key, authority: true).CreateSelfSigned(now.AddYears(-2), now.AddYears(2));
    }

    private X509Certificate2 Issued(
        string name, ECDsa key, X509Certificate2 issuer, byte[] serial, bool authority, DateTimeOffset? from = null, DateTimeOffset? to = null, byte[]? extension = null)
    {
        var request = Request(name, key, authority);
        if (extension is not null) request.CertificateExtensions.Add(new X509Extension(Sgx, extension, critical: false));
        var certificate = request.Create(issuer, from ?? now.AddYears(-1), to ?? now.AddYears(1), serial);
        return authority ? certificate.CopyWithPrivateKey(key) : certificate;
    }

    private static CertificateRequest Request(string name, ECDsa key, bool authority)
    {
        var request = new CertificateRequest($"CN={name}, O=Cove tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(authority ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign : X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }
}
