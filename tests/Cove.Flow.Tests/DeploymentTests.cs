namespace Cove.Tests.Flow;

/// <summary>A Kubernetes Deployment, run as it stands, and held to exactly what it says.</summary>
public sealed class DeploymentTests : IClassFixture<CoveProgram>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly CoveProgram cove;

    public DeploymentTests(CoveProgram cove)
    {
        CoveProgram.RequireHost();
        this.cove = cove;
    }

    [Fact]
    public async Task A_deployment_with_config_map_secret_init_container_and_two_sidecars_runs_under_its_policy()
    {
        (await cove.RunAsync("run", "-d", cove.Deployment)).ExitedWith(0);
        try
        {
            Assert.Contains("prepared", (await cove.RunAsync("logs", "tide-table", "prepare")).ExitedWith(0).Out);
            Assert.Contains("watching: high water", await LogAsync("watch", "watching"));
            var gauge = await LogAsync("gauge", "state:");
            Assert.Contains("gauge of Whitby, token of 16 characters", gauge);
            Assert.Contains("The tide turns at four.", gauge);
            Assert.Contains("state: high water", gauge);
            Assert.Contains("relay has a token of 16 characters", await LogAsync("relay", "relay has"));

            (await cove.RunAsync("exec", "tide-table", "gauge", "--", "/bin/tide", "ready")).ExitedWith(0);
            Assert.Contains("exec-not-listed", (await cove.RunAsync("exec", "tide-table", "gauge", "--", "/bin/sh", "-c", "id")).ExitedWith(3).Error);
        }
        finally
        {
            (await cove.RunAsync("stop", "tide-table")).ExitedWith(0);
        }
    }

    // A container that has started prints a moment later.
    private async Task<string> LogAsync(string container, string awaited)
    {
        for (var waiting = System.Diagnostics.Stopwatch.StartNew(); ;)
        {
            var log = (await cove.RunAsync("logs", "tide-table", container)).ExitedWith(0).Out;
            if (log.Contains(awaited, StringComparison.Ordinal) || waiting.Elapsed > Patience) return log;
        }
    }
}
