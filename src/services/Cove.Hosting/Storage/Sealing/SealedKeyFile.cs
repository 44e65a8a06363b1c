using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Hosting.Storage.Sealing;

/// <summary>
/// A master key sealed to a guest, as it is on disk: a JSON object of twelve members, all of them authenticated. What the key is bound to is decided by the
/// format's version and only written down here: a file that selects less would open for guests that are nobody's.
/// </summary>
/// <param name="Processor">What sealed it: <see cref="SealedKeySource.Hardware"/> or <see cref="SealedKeySource.Simulated"/>.</param>
/// <param name="Launch">The guest that it was sealed in, and the TCB that goes into the key.</param>
/// <param name="Salt">32 bytes, for the wrapping key.</param>
/// <param name="Nonce">12 bytes.</param>
/// <param name="Sealed">The master key's ciphertext, then the tag: 48 bytes.</param>
internal sealed record SealedKeyFile(string Processor, LaunchIdentity Launch, byte[] Salt, byte[] Nonce, byte[] Sealed)
{
    public const int SaltLength = 32;
    public const int NonceLength = 12;
    public const int TagLength = 16;

    /// <summary>What a derived key is bound to: all that the firmware can mix in of the launch, and the TCB, so that older firmware cannot derive it.</summary>
    public const GuestFields Fields = GuestFields.Policy | GuestFields.ImageId | GuestFields.FamilyId | GuestFields.Measurement | GuestFields.TcbVersion;

    private const string Version = "cove sealed master key 1";
    private const string FieldNames = "policy image-id family-id measurement tcb-version";
    private const string Root = "vcek";
    private const string Format = "sealed master key";
    private const int MaximumLength = 4096;
    private static readonly string[] Members = ["format", "processor", "rootKey", "boundTo", "tcbVersion", "policy", "measurement", "hostData", "chip", "salt", "nonce", "sealed"];

    /// <summary>The request whose answer the wrapping key comes from.</summary>
    public DerivedKeyRequest Request => new(Fields, Launch.CommittedTcb);

    /// <summary>All that is not secret, in one way of writing: the additional data of the seal, which also goes into the wrapping key.</summary>
    public byte[] Context() => Encoding.UTF8.GetBytes(string.Join('\n', Version, Processor, Root, FieldNames, Tcb, Launch.Policy, Launch.Measurement, Launch.HostData, Launch.Chip));

    /// <exception cref="MalformedException">It is not such a file: another version, a member missing, unknown or of another form, or bound to something else.</exception>
    public static SealedKeyFile Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = StrictJson.ParseObject(utf8, Format, MaximumLength);
        var root = document.RootElement;
        foreach (var member in root.EnumerateObject())
            if (!Members.Contains(member.Name, StringComparer.Ordinal)) throw new MalformedException(Format, member.Name, "is not known");
        Require(root, "format", Version);
        Require(root, "rootKey", Root);
        Require(root, "boundTo", FieldNames);
        var processor = Text(root, "processor");
        if (processor is not (SealedKeySource.Hardware or SealedKeySource.Simulated)) throw new MalformedException(Format, "processor", $"is {processor}, which is not known");
        return new(
            processor,
            new(Hex(root, "chip", 64), Hex(root, "measurement", 48), Hex(root, "policy", 8), Hex(root, "hostData", 32), ulong.Parse(Hex(root, "tcbVersion", 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)),
            Bytes(root, "salt", SaltLength), Bytes(root, "nonce", NonceLength), Bytes(root, "sealed", MasterKey.Length + TagLength));
    }

    public byte[] Encode()
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text, new() { Indented = true }))
        {
            string[] values = [Version, Processor, Root, FieldNames, Tcb, Launch.Policy, Launch.Measurement, Launch.HostData, Launch.Chip, Hex(Salt), Hex(Nonce), Hex(Sealed)];
            writer.WriteStartObject();
            foreach (var (name, value) in Members.Zip(values)) writer.WriteString(name, value);
            writer.WriteEndObject();
        }

        return [.. text.WrittenSpan, (byte)'\n'];
    }

    private string Tcb => Launch.CommittedTcb.ToString("x16", CultureInfo.InvariantCulture);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static string Text(JsonElement root, string name) => StrictJson.OptionalString(root, name, Format) ?? throw new MalformedException(Format, name, "is missing");

    private static void Require(JsonElement root, string name, string value)
    {
        if (Text(root, name) is var text && text != value) throw new MalformedException(Format, name, $"is \"{text}\", expected \"{value}\"");
    }

    private static byte[] Bytes(JsonElement root, string name, int length) => Convert.FromHexString(Hex(root, name, length));

    private static string Hex(JsonElement root, string name, int length)
    {
        var text = Text(root, name);
        return text.Length == 2 * length && text.All(char.IsAsciiHexDigitLower) ? text : throw new MalformedException(Format, name, $"is not {length} bytes in lower-case hex");
    }
}
