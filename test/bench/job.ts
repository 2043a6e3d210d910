/** What one run of one contender has to do. */
export interface Job {
  /** Names the run's files and its consumer group: a new one reads the topic from its start. */
  readonly name: string;
  readonly bootstrap: string;
  readonly topic: string;
  /** Records of the topic to be delivered, and the bytes of each where it arrives. */
  readonly records: number;
  readonly recordBytes: number;
  /** So many of them are not measured. */
  readonly warmUp: number;
  readonly url: string;
  /** Where the files of the run go. */
  readonly directory: string;
}
