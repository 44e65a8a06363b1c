using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Cove.Sidecar.Server;

/// <summary>The sidecar's server: HTTP/1.1, or HTTP/2 for gRPC, without TLS on the loopback address, which only the containers of this group can reach.</summary>
internal static class SkrServer
{
    private const int ConnectionLimit = 512;
    private static readonly TimeSpan HeaderPatience = TimeSpan.FromSeconds(60);

    /// <summary>A server that is not started yet. Port 0 takes a free one.</summary>
    public static WebApplication Create(RequestDelegate handler, int port, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = protocols == HttpProtocols.Http1 ? SkrRouter.BodyLimit : Grpc.GrpcFrame.Limit + 1024;
            options.Limits.MaxConcurrentConnections = ConnectionLimit;
            options.Limits.RequestHeadersTimeout = HeaderPatience;
            options.Listen(IPAddress.Loopback, port, listen => listen.Protocols = protocols);
        });
        var application = builder.Build();
        application.Run(handler);
        return application;
    }
}
