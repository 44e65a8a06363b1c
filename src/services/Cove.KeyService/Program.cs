using Cove.Hosting;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Storage;
using Cove.KeyService;

return await ServiceShell.MainAsync("cove-key-service", async () =>
{
    var arguments = ServiceArguments.Parse(args, [.. ShellOptions.CommonOptions, .. KeyServiceOptions.Names], ShellOptions.CommonSwitches,
        KeyServiceOptions.Usage);
    var options = KeyServiceOptions.From(arguments);
    var shell = ShellOptions.From(arguments, options.VaultUrl) with { ErrorBody = options.Dialect.WriteError };
    using var identity = shell.Identity;
    await using var server = await KeyServer.OpenAsync(options, identity, TimeProvider.System, CancellationToken.None);
    if (MasterKey.IsSimulated(options.MasterKey)) await Console.Error.WriteLineAsync("cove-key-service: warning: the master key is sealed to a simulated processor, which protects nothing");
    var rotating = Task.CompletedTask;
    await ServiceShell.ServeAsync(shell, app =>
    {
        rotating = server.Rotation.RunAsync(app.Logger, app.Lifetime.ApplicationStopping);
        app.Run(server.Routes.HandleAsync);
    });
    await rotating;
});
