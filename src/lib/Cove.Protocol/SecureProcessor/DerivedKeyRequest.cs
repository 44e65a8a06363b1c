using System.Buffers.Binary;
using Cove.Outcomes;

namespace Cove.Protocol.SecureProcessor;

/// <summary>
/// MSG_KEY_REQ (SEV-SNP ABI, message version 1): ROOT_KEY_SELECT u32, 4 reserved bytes, GUEST_FIELD_SELECT u64, VMPL u32, GUEST_SVN u32,
/// TCB_VERSION u64. The root is always the endorsement key's secret (VCEK or VLEK): the other one belongs to a migration agent.
/// </summary>
public sealed class DerivedKeyRequest : IProcessorRequest
{
    /// <summary>The message type, as the firmware numbers it.</summary>
    public const uint MessageType = 3;

    /// <summary>Bytes of the whole message.</summary>
    public const int Size = 32;

    private const string Format = "MSG_KEY_REQ";
    private const int ReservedOffset = 4;
    private const int FieldsOffset = 8;
    private const int VmplOffset = 16;
    private const int SvnOffset = 20;
    private const int TcbOffset = 24;
    private const GuestFields Known = GuestFields.Policy | GuestFields.ImageId | GuestFields.FamilyId | GuestFields.Measurement | GuestFields.GuestSvn | GuestFields.TcbVersion;

    /// <summary>Asks for the key of this guest.</summary>
    /// <param name="fields">What of the guest goes into it.</param>
    /// <param name="tcbVersion">TCB_VERSION as the platform lays it out; counts where <paramref name="fields"/> selects it.</param>
    /// <param name="guestSvn">GUEST_SVN; counts where <paramref name="fields"/> selects it.</param>
    /// <param name="vmpl">The privilege level that goes into it, 0 to <see cref="ReportRequest.HighestVmpl"/>, not below the guest's own.</param>
    /// <exception cref="MalformedException">A field that is not known is selected, or the level does not exist.</exception>
    public DerivedKeyRequest(GuestFields fields, ulong tcbVersion, uint guestSvn = 0, uint vmpl = 0)
    {
        if ((fields & ~Known) != GuestFields.None) throw new MalformedException(Format, "GUEST_FIELD_SELECT", $"is 0x{(ulong)fields:x}, which selects what is not known", FieldsOffset);
        if (vmpl > ReportRequest.HighestVmpl) throw new MalformedException(Format, "VMPL", $"is {vmpl}, expected at most {ReportRequest.HighestVmpl}", VmplOffset);
        (Fields, TcbVersion, GuestSvn, Vmpl) = (fields, tcbVersion, guestSvn, vmpl);
    }

    /// <inheritdoc/>
    public uint Type => MessageType;

    /// <summary>What of the guest goes into the key.</summary>
    public GuestFields Fields { get; }

    /// <summary>TCB_VERSION as the platform lays it out.</summary>
    public ulong TcbVersion { get; }

    /// <summary>GUEST_SVN.</summary>
    public uint GuestSvn { get; }

    /// <summary>The privilege level.</summary>
    public uint Vmpl { get; }

    /// <summary>Reads a message.</summary>
    /// <exception cref="MalformedException">It is not <see cref="Size"/> bytes, wants another root, a field or a level that is not known, or has non-zero reserved bytes.</exception>
    public static DerivedKeyRequest Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length != Size) throw new MalformedException(Format, "message", $"is {message.Length} bytes, expected {Size}");
        if (BinaryPrimitives.ReadUInt32LittleEndian(message) is var root and not 0) throw new MalformedException(Format, "ROOT_KEY_SELECT", $"is {root}, expected 0", 0);
        if (message[ReservedOffset..FieldsOffset].ContainsAnyExcept((byte)0)) throw new MalformedException(Format, "reserved bytes", "are not zero", ReservedOffset);
        return new((GuestFields)BinaryPrimitives.ReadUInt64LittleEndian(message[FieldsOffset..]), BinaryPrimitives.ReadUInt64LittleEndian(message[TcbOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(message[SvnOffset..]), BinaryPrimitives.ReadUInt32LittleEndian(message[VmplOffset..]));
    }

    /// <summary>The message: <see cref="Size"/> bytes.</summary>
    public byte[] Encode()
    {
        var message = new byte[Size];
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(FieldsOffset), (ulong)Fields);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(VmplOffset), Vmpl);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(SvnOffset), GuestSvn);
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(TcbOffset), TcbVersion);
        return message;
    }
}
