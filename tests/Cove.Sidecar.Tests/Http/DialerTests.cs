using System.Net;
using System.Net.Sockets;
using Cove.Sidecar.Http;
using Cove.Sidecar.Tests.Fakes;

namespace Cove.Sidecar.Tests.Http;

public sealed class DialerTests
{
    [Theory]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("::1", false, true)]
    [InlineData("::ffff:127.0.0.1", false, true)]
    [InlineData("169.254.169.254", false, false)]
    [InlineData("168.63.129.16", false, false)]
    [InlineData("fe80::1", false, false)]
    [InlineData("0.0.0.0", false, true)]
    [InlineData("10.0.0.4", true, true)]
    [InlineData("20.1.2.3", true, true)]
    public void A_service_that_a_caller_names_is_not_on_this_link_nor_on_this_machine_but_for_development(string address, bool onHardware, bool simulated)
    {
        Assert.Equal(onHardware, new Dialer(isSimulated: false).Permits(IPAddress.Parse(address)));
        Assert.Equal(simulated, new Dialer(isSimulated: true).Permits(IPAddress.Parse(address)));
    }

    [Fact]
    public async Task A_request_to_this_machine_is_refused_before_a_connection_is_made()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var authority = new TestAuthority();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using (var hardware = new HttpClient(Outbound.CreateHandler(TrustRoots.Of([authority.Root]), new Dialer(isSimulated: false))))
        {
            var refused = await Assert.ThrowsAsync<HttpRequestException>(() => hardware.GetAsync($"https://localhost:{port}/attest/SevSnpVM", TestContext.Current.CancellationToken));
            Assert.Contains("Loopback addresses are refused", refused.ToString(), StringComparison.Ordinal);
        }

        Assert.False(listener.Pending());
        // Over HTTP are the platform's own services.
        using var platform = new HttpClient(Outbound.CreateHandler(TrustRoots.Of([authority.Root]), new Dialer(isSimulated: false)));
        using var stop = new CancellationTokenSource();
        var asking = platform.GetAsync($"http://127.0.0.1:{port}/metadata", stop.Token);
        using var connection = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task A_handshake_that_stalls_counts_against_the_request_and_not_against_connecting()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var authority = new TestAuthority();
        using var handler = Outbound.CreateHandler(TrustRoots.Of([authority.Root]), new Dialer(isSimulated: true));
        Assert.Equal(Timeout.InfiniteTimeSpan, handler.ConnectTimeout);
        using var client = new HttpClient(handler);
        using var deadline = new CancellationTokenSource();
        var asking = client.GetAsync($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/attest/SevSnpVM", deadline.Token);
        using var silent = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await deadline.CancelAsync();
        var ended = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal(deadline.Token, ended.CancellationToken);
    }
}
