using System.Net;
using Cove.Keys.ReleasePolicy;
using Cove.KeyService.Authorities;
using Cove.KeyService.Outbound;
using Cove.Outcomes;

namespace Cove.Services.Tests.Keys;

public sealed class AuthorityDialerTests
{
    [Theory]
    [InlineData("20.1.2.3", true, true)]
    [InlineData("10.0.0.4", false, true)]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("::ffff:127.0.0.1", false, true)]
    [InlineData("169.254.169.254", false, false)]
    [InlineData("::ffff:169.254.169.254", false, false)]
    [InlineData("168.63.129.16", false, false)]
    [InlineData("fe80::1", false, false)]
    [InlineData("224.0.0.1", false, false)]
    public void An_authority_may_be_on_the_internet_or_where_its_pinned_certificate_is_and_never_on_the_link(string address, bool unpinned, bool pinned)
    {
        Assert.Equal(unpinned, Dialer(isPinned: false, address).Permits(IPAddress.Parse(address)));
        Assert.Equal(pinned, Dialer(isPinned: true, address).Permits(IPAddress.Parse(address)));
    }

    [Fact]
    public async Task A_name_that_later_resolves_to_another_address_is_refused_then()
    {
        await using var authority = await TestAuthority.StartAsync();
        IPAddress[] addresses = [IPAddress.Loopback];
        using (var client = Client(authority)) Assert.NotNull((await client.FetchAsync(CancellationToken.None)).Find("authority-1"));
        addresses = [IPAddress.Loopback, IPAddress.Parse("169.254.169.254")];
        using (var client = Client(authority))
            Assert.Contains("169.254.169.254 (LinkLocal)", (await Assert.ThrowsAsync<UnavailableException>(() => client.FetchAsync(CancellationToken.None))).ToString(), StringComparison.Ordinal);

        AuthorityClient Client(TestAuthority of) => new(new(AuthorityUrl.Parse(of.Url), of.CertificateAuthorityFile), (_, _) => Task.FromResult(addresses));
    }

    [Fact]
    public async Task Without_a_pinned_certificate_authority_this_machine_is_not_connected_to()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new AuthorityClient(new(AuthorityUrl.Parse($"https://maa.example:{((IPEndPoint)listener.LocalEndpoint).Port}"), null), (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        await Assert.ThrowsAsync<UnavailableException>(() => client.FetchAsync(CancellationToken.None));
        Assert.False(listener.Pending());
    }

    private static PinnedDialer Dialer(bool isPinned, string address) => new(isPinned, "attestation service", "--authority", (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]));
}
