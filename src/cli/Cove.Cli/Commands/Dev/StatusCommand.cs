using Cove.Cli.Development;

namespace Cove.Cli.Commands.Dev;

internal sealed class StatusCommand : CoveCommand
{
    public StatusCommand()
        : base("status", "show where the development services are and whether they run")
    {
        Example("cove dev status", "addresses, processes, and the certificate authority to trust");
    }

    protected internal override Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var services = new DevelopmentServices(call.Home, call.Time);
        return Task.FromResult(DevelopmentPage.Answer(services, services.State()));
    }
}
