using System.Runtime.InteropServices;
using Cove.Cli.Shell;

// The first Ctrl-C (or SIGTERM) asks the command to stop and exits 130; the second one ends the process at once.
using var interrupted = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);

using var surroundings = Surroundings.OfThisProcess();
return await CommandLine.Run(args, surroundings, interrupted.Token);

void Interrupt(PosixSignalContext signal)
{
    if (interrupted.IsCancellationRequested) return;
    signal.Cancel = true;
    interrupted.Cancel();
}
