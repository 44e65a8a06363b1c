using Cove.Cli.Development;

namespace Cove.Cli.Commands.Dev;

internal sealed class UpCommand : CoveCommand
{
    public UpCommand()
        : base("up", "start the attestation service and the key service for development")
    {
        Details = "At first use this makes a certificate authority for localhost, an issuer of access tokens and the simulated processor's root, all under "
            + "$COVE_HOME/dev and $COVE_HOME/processor. The attestation service so started trusts that simulated root, and its tokens say so; no other does.";
        Example("cove dev up", "starts both, or says that they run");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        using var progress = call.Terminal.Progress("starting the development services");
        var services = new DevelopmentServices(call.Home, call.Time);
        var (state, _) = await services.EnsureUpAsync(cancellation);
        return DevelopmentPage.Answer(services, state);
    }
}
