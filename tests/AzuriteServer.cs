namespace Cove.Tests;

/// <summary>One blob server for a class of tests, each of which has a container of its own.</summary>
public sealed class AzuriteServer : IAsyncLifetime
{
    private Azurite? server;

    internal Azurite Server
    {
        get
        {
            Azurite.Require();
            return server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Azurite.Program() is not null) server = await Azurite.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }
}
