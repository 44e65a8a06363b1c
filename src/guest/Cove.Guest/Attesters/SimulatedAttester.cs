using System.Net.Sockets;
using Cove.Attestation;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Guest.Attesters;

/// <summary>
/// The simulated secure processor: the same report messages over a Unix socket. Its reports chain to a root that no default verifier
/// trusts, so that using it by mistake yields evidence that is refused, never evidence that is believed.
/// </summary>
public sealed class SimulatedAttester(string path = "/dev/cove-sp") : IAttester
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public string Source => path;

    /// <inheritdoc/>
    public async Task<HardwareEvidence> GetEvidenceAsync(ReportData reportData, CancellationToken cancellation = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), deadline.Token);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            await ProcessorFraming.WriteRequestAsync(stream, new ReportRequest(reportData.Bytes), deadline.Token);
            return SnpReportBinding.Take(await ProcessorFraming.ReadResponseAsync(stream, deadline.Token), reportData, path);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new UnavailableException(path, e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new UnavailableException(path, $"no answer within {Patience.TotalSeconds} s", e);
        }
    }
}
