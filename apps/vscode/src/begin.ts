/** The processor time of the extension host before anything of the extension ran: imported first, so that its whole loading counts. */
export const beganUsage: NodeJS.CpuUsage = process.cpuUsage();
