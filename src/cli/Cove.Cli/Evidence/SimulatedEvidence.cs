using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Cove.Attestation.Snp;
using Cove.Formats.Der;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Cli.Evidence;

/// <summary>
/// Asks a running group's simulated secure processor for a report. Only a simulated one answers the host: hardware reports are made for
/// the guest alone, and come out of it through the sidecar.
/// </summary>
internal static class SimulatedEvidence
{
    private const int MaximumFile = 256 * 1024;

    public static async Task<SnpReport> Ask(string socketPath, ReadOnlyMemory<byte> reportData, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation);
        }
        catch (SocketException)
        {
            throw CommandFailedException.Unavailable("group-not-running", "the group is not running, so its secure processor is gone", "cove ps");
        }

        await using var stream = new NetworkStream(socket);
        await ProcessorFraming.WriteRequestAsync(stream, new ReportRequest(reportData.Span), cancellation);
        var response = await ProcessorFraming.ReadResponseAsync(stream, cancellation);
        return response.Status == ReportResponse.Success
            ? SnpReport.Parse(response.Report.Span)
            : throw new UnavailableException("the group's secure processor", $"it answered status 0x{response.Status:x}");
    }

    /// <summary>The certificates of this installation's simulated chip: VCEK, ASK, ARK.</summary>
    public static async Task<IReadOnlyList<Certificate>> Certificates(string processorFolder, CancellationToken cancellation)
    {
        // The file also holds the simulated chip's key. It is not parsed, and does not stay in memory.
        var file = await File.ReadAllBytesAsync(Path.Combine(processorFolder, "chip.pem"), cancellation);
        if (file.Length > MaximumFile) throw new MalformedException("simulated chip", "length", $"is over {MaximumFile} bytes");
        var text = new char[file.Length];
        try
        {
            Encoding.ASCII.GetChars(file, text);
            var certificates = new List<Certificate>();
            var rest = text.AsSpan();
            while (PemEncoding.TryFind(rest, out var found))
            {
                if (rest[found.Label] is "CERTIFICATE") certificates.AddRange(CertificatePem.Parse(rest[found.Location]));
                rest = rest[found.Location.End..];
            }

            return certificates;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(file);
            text.AsSpan().Clear();
        }
    }
}
