using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Hosting.Storage.Sealing;

/// <summary>A secure processor that derives keys for the guest that this process runs in.</summary>
internal interface ISealingProcessor
{
    /// <summary>Where it is asked.</summary>
    string Path { get; }

    /// <exception cref="UnavailableException">It is not there or does not answer.</exception>
    /// <exception cref="MalformedException">It answers something else.</exception>
    Task<ReportResponse> GetReportAsync(ReportRequest request);

    /// <exception cref="UnavailableException">It is not there or does not answer.</exception>
    /// <exception cref="MalformedException">It answers something else.</exception>
    Task<DerivedKeyResponse> DeriveKeyAsync(DerivedKeyRequest request);
}
