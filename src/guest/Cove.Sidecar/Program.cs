using Cove.Sidecar;

return await Modes.RunAsync(args);
