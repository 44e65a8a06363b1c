using Cove.AttestationService;
using Cove.Hosting;

return await ServiceShell.MainAsync("cove-attestation-service", () => AttestationServer.ServeAsync(AttestationOptions.Parse(args), TimeProvider.System));
