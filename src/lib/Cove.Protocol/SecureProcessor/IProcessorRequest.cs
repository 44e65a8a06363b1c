namespace Cove.Protocol.SecureProcessor;

/// <summary>What a guest may ask its secure processor for: a <see cref="ReportRequest"/> or a <see cref="DerivedKeyRequest"/>.</summary>
public interface IProcessorRequest
{
    /// <summary>The message type, as the firmware numbers it.</summary>
    uint Type { get; }

    /// <summary>The message, as it lies in memory.</summary>
    byte[] Encode();
}
