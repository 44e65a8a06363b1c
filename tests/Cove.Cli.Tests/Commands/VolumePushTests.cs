using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Cove.Tests;
using Cove.Volumes.Blobs;
using Cove.Volumes.Stores;

namespace Cove.Cli.Tests.Commands;

/// <summary><c>cove volume push</c> as a process that is killed in the middle.</summary>
public sealed class VolumePushTests(AzuriteServer shared) : IClassFixture<AzuriteServer>, IDisposable
{
    private const int Length = 48 << 20;
    private const int LetThrough = 22 << 20;

    private readonly string folder = Directory.CreateTempSubdirectory("cove-push-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_push_that_was_killed_is_completed_by_the_next_one(bool page)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var server = shared.Server;
        var image = RandomNumberGenerator.GetBytes(Length);
        await File.WriteAllBytesAsync(Path.Combine(folder, "image"), image, cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "key"), Convert.ToBase64String(Azurite.Key), cancellation);
        var blob = $"push-{RandomNumberGenerator.GetHexString(12, lowercase: true)}/image";

        using (var line = new CutLine(server.Port, LetThrough))
        using (var first = Push(server.Url(blob).Replace($":{server.Port}/", $":{line.Port}/", StringComparison.Ordinal), page))
        {
            await line.Cut;
            first.Kill();
            await first.WaitForExitAsync(cancellation);
            Assert.NotEqual(0, first.ExitCode);
        }

        using var second = Push(server.Url(blob), page);
        var (output, error) = (second.StandardOutput.ReadToEndAsync(cancellation), second.StandardError.ReadToEndAsync(cancellation));
        await second.WaitForExitAsync(cancellation);
        Assert.True(second.ExitCode == 0, await error);
        using var answer = JsonDocument.Parse(await output);
        var (sent, resumed) = (answer.RootElement.GetProperty("sent").GetInt64(), answer.RootElement.GetProperty("resumed").GetInt64());
        Assert.Equal(Length, sent + resumed);
        Assert.InRange(resumed, 4 << 20, LetThrough);

        using var client = server.Client();
        var right = BlobAuthorization.SharedKey(Azurite.Account, Azurite.Key);
        await using var store = await BlobStore.OpenAsync(new BlobClient(client, BlobAddress.Parse(server.Url(blob)), right, TimeProvider.System), writable: false, cancellation);
        var stored = new byte[store.Length];
        await store.ReadAsync(0, stored, cancellation);
        Assert.True(image.AsSpan().SequenceEqual(stored));
    }

    private Process Push(string url, bool page)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        string[] words = ["volume", "push", "image", url, "--account-key", "key", "--account", Azurite.Account, "--create-container", "--json"];
        foreach (var word in (string[])[Path.Combine(AppContext.BaseDirectory, "cove.dll"), .. words]) start.ArgumentList.Add(word);
        if (page) start.ArgumentList.Add("--page");
        return Process.Start(start)!;
    }

    /// <summary>A way to the server that lets so many bytes of requests through, and then nothing more.</summary>
    private sealed class CutLine : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource end = new();
        private readonly TaskCompletionSource cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long left;

        public CutLine(int server, long bytes)
        {
            left = bytes;
            listener.Start();
            _ = AcceptAsync(server);
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        /// <summary>Ends when it lets nothing more through.</summary>
        public Task Cut => cut.Task;

        public void Dispose()
        {
            end.Cancel();
            listener.Dispose();
            end.Dispose();
        }

        private async Task AcceptAsync(int server)
        {
            try
            {
                while (true) _ = ForwardAsync(await listener.AcceptTcpClientAsync(end.Token), server);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task ForwardAsync(TcpClient client, int server)
        {
            using (client)
            using (var upstream = new TcpClient())
            {
                await upstream.ConnectAsync(IPAddress.Loopback, server, end.Token);
                var answers = upstream.GetStream().CopyToAsync(client.GetStream(), end.Token);
                var buffer = new byte[64 * 1024];
                try
                {
                    int read;
                    while ((read = await client.GetStream().ReadAsync(buffer, end.Token)) > 0)
                    {
                        if (Interlocked.Add(ref left, -read) < 0)
                        {
                            cut.TrySetResult();
                            await Task.Delay(Timeout.Infinite, end.Token);
                        }

                        await upstream.GetStream().WriteAsync(buffer.AsMemory(0, read), end.Token);
                    }

                    upstream.Client.Shutdown(SocketShutdown.Send);
                    await answers;
                }
                catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
                {
                    // One of the two is gone.
                }
            }
        }
    }
}
